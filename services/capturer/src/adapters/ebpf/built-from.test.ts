import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isBuiltFromHere } from './built-from.ts';
import { sourcesHash } from './sources-hash.mjs';

test('an object says from which sources it was built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-test-'));
  const object = join(folder, 'x.bpf.o');
  const hash = sourcesHash(fileURLToPath(new URL('bpf', import.meta.url)));
  writeFileSync(object, Buffer.concat([Buffer.from([0x7f, 0x45]), Buffer.from(hash), Buffer.alloc(3)]));
  expect(isBuiltFromHere(object)).toBe(true);
  writeFileSync(object, hash.replace(/^./, 'x'));
  expect(isBuiltFromHere(object)).toBe(false);
  writeFileSync(join(folder, 'y.h'), 'int a;');
  const before = sourcesHash(folder);
  writeFileSync(join(folder, 'y.h'), 'int b;');
  expect(sourcesHash(folder)).not.toBe(before);
  rmSync(folder, { recursive: true });
});
