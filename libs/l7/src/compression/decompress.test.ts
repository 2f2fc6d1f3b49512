import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompress, type Format } from './decompress.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const FORMATS: readonly Format[] = ['zlib', 'snappy', 'lz4 frame', 'lz4 block', 'zstd'];

describe('decompression', () => {
  it('does not explode', () => {
    const bomb = Buffer.alloc(64 * 1024 * 1024);
    const started = process.memoryUsage().arrayBuffers;
    const made = [
      ['zlib', gzipSync(bomb)],
      ['zstd', zstdCompressSync(bomb)],
      ['lz4 frame', Buffer.concat([hex('04224d18 40 40 c0 00100000 1f 00 0100'), Buffer.alloc(60_000, 0xff)])],
      ['snappy', Buffer.concat([hex('80808020 00 00'), Buffer.from('fe0100'.repeat(20_000), 'hex')])],
    ] as const;
    for (const [format, bytes] of made)
      expect(decompress(format, bytes, 0, bytes.length).length).toBeLessThanOrEqual(256 * 1024);
    expect(process.memoryUsage().arrayBuffers - started).toBeLessThan(128 * 1024 * 1024);
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMATS),
        fc.uint8Array({ maxLength: 400 }),
        fc.boolean(),
        (format, some, isFrame) => {
          const magic = format === 'lz4 frame' ? '04224d18' : format === 'snappy' ? '82534e4150505900' : '';
          const bytes = isFrame ? Buffer.concat([hex(magic), some]) : some;
          expect(decompress(format, bytes, 0, bytes.length).length).toBeLessThanOrEqual(256 * 1024);
        },
      ),
    );
  });
});
