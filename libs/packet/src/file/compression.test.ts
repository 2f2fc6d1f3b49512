import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressionOf } from './compression.ts';

test('compressed bytes are told by their beginning', () => {
  expect(compressionOf(gzipSync('text'))).toBe('gzip');
  expect(compressionOf(zstdCompressSync('text'))).toBe('zstd');
  expect(compressionOf(Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1))).toBeNull();
  expect(compressionOf(new Uint8Array(0))).toBeNull();
});
