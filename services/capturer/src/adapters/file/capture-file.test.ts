import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CaptureFile } from './capture-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowloom-capture-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** USB, whose records may be megabytes long (pcap.ts). */
const linkType = 249;

function capture(lengths: readonly number[]): { path: string; hashes: string[] } {
  const header = Buffer.alloc(24);
  for (const [i, word] of [0xa1b2c3d4, 0x0004_0002, 0, 0, 1 << 24, linkType].entries())
    header.writeUInt32LE(word, 4 * i);
  const parts: Buffer[] = [header];
  const hashes: string[] = [];
  for (const [n, length] of lengths.entries()) {
    const record = Buffer.alloc(16 + length, n);
    for (const [i, word] of [n, 0, length, length].entries()) record.writeUInt32LE(word, 4 * i);
    for (let i = 0; i < length; i += 997) record[16 + i] = i >> 3;
    parts.push(record);
    hashes.push(hashOf(record.subarray(16)));
  }
  const path = join(folder, `${lengths.length}.pcap`);
  writeFileSync(path, Buffer.concat(parts));
  return { path, hashes };
}

async function read(path: string): Promise<{ hashes: string[]; error: string | null }> {
  const file = new CaptureFile(path);
  const hashes: string[] = [];
  while (await file.fill()) {
    while (file.reader.next()) {
      const { bytes, start, capturedBytes } = file.reader.frame;
      hashes.push(hashOf(bytes.subarray(start, start + capturedBytes)));
    }
  }
  file.close();
  return { hashes, error: file.error };
}

const hashOf = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

it('reads on in the same memory, whatever lies across the end of a read', async () => {
  // Small records, some that the room for a part of one holds, and some that are longer than that, and than a whole read.
  const sizes = [60, 1514, 9000, 262_144, 700_000, 100, 5_500_000, 64];
  const { path, hashes } = capture(Array.from({ length: 300 }, (_, n) => sizes[(n * 7) % (n % 50 === 0 ? 8 : 4)]));
  expect(await read(path)).toEqual({ hashes, error: null });
});

it('a file that is cut short gives what is whole, and says so', async () => {
  const { path, hashes } = capture(Array.from({ length: 5000 }, () => 1514));
  writeFileSync(path, readFileSync(path).subarray(0, -100));
  expect(await read(path)).toEqual({ hashes: hashes.slice(0, -1), error: expect.stringMatching(/cut short/) });
});

it('may be closed before its end', async () => {
  const { path } = capture(Array.from({ length: 6000 }, () => 1500));
  const file = new CaptureFile(path);
  await file.fill();
  file.close();
  expect(file.error).toBeNull();
});
