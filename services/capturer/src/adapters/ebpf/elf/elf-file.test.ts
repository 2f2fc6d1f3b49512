import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ElfFile } from './elf-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowloom-elf-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Node's own binary: large, with symbols, there wherever the tests are. */
const node = process.execPath;

it('finds symbols and where they lie in the file', () => {
  const file = ElfFile.open(node)!;
  const [symbol] = file.symbols(['SSL_read']);
  expect(symbol.size).toBeGreaterThan(0);
  const segment = file.segments.find(
    ({ type, address, fileSize }) => type === 1 && symbol.address >= address && symbol.address < address + fileSize,
  )!;
  expect(file.offsetOf(symbol.address)).toBe(symbol.address - segment.address + segment.offset);
  expect(file.section('.text')!.size).toBeGreaterThan(1e6);
  file.close();
});

it('says the addresses that nm says', () => {
  const listed = execFileSync('nm', ['-D', '--defined-only', node], { maxBuffer: 1 << 28, encoding: 'latin1' });
  const address = Number.parseInt(/^([0-9a-f]+) . SSL_write$/m.exec(listed)![1], 16);
  const file = ElfFile.open(node)!;
  expect(file.symbols(['SSL_write'])).toMatchObject([{ address }]);
  file.close();
});

it('survives files that are none, cut or false', () => {
  const path = join(folder, 'file');
  expect(ElfFile.open(join(folder, 'none'))).toBeUndefined();
  const head = readFileSync(node).subarray(0, 4096);
  for (let length = 0; length < 200; length++) {
    writeFileSync(path, head.subarray(0, length));
    const file = ElfFile.open(path);
    expect(file?.symbols(['SSL_read']) ?? []).toEqual([]);
    file?.close();
  }
  writeFileSync(path, Buffer.concat([head.subarray(0, 32), Buffer.alloc(4096, 0xff)]));
  const file = ElfFile.open(path);
  expect(file?.sections).toEqual([]);
  file?.close();
});
