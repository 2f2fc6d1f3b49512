import { constants, unzipSync, zstdDecompressSync } from 'node:zlib';
import { unlz4Block, unlz4Frame } from './lz4.ts';
import { unsnappy } from './snappy.ts';

export type Format = 'zlib' | 'snappy' | 'lz4 frame' | 'lz4 block' | 'zstd';

/** A bomb becomes no more than this. */
const MAX_INFLATED = 256 * 1024;
/** Input of which even the strongest deflation (1032 to 1) makes no more than that. */
const HARMLESS_BYTES = 240;
/** Snappy and LZ4 are read no further than what this holds. */
const scratch = new Uint8Array(32 * 1024);
const nothing = new Uint8Array(0);

/**
 * The start of what was compressed, as far as it can be had from [at, end), which may be cut: up to 32 KiB, with zlib and zstd up
 * to 256 KiB. Empty if there is none: zstd gives nothing before the end of a block, which may be 128 KiB. Valid until the next call.
 *
 * @param format zlib also stands for gzip
 */
export function decompress(format: Format, bytes: Uint8Array, at: number, end: number): Uint8Array {
  switch (format) {
    case 'zlib':
      return unzip(bytes.subarray(at, end));
    case 'zstd':
      return unzstd(bytes.subarray(at, end));
    case 'snappy':
      return scratch.subarray(0, unsnappy(scratch, bytes, at, end));
    case 'lz4 frame':
      return scratch.subarray(0, unlz4Frame(scratch, bytes, at, end));
    case 'lz4 block':
      return scratch.subarray(0, unlz4Block(scratch, 0, bytes, at, end));
  }
}

/** Of what becomes too large the start: what is looked for stands there. */
function unzip(data: Uint8Array): Uint8Array {
  for (const part of [data, data.subarray(0, HARMLESS_BYTES)]) {
    try {
      return unzipSync(part, { maxOutputLength: MAX_INFLATED, finishFlush: constants.Z_SYNC_FLUSH });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return nothing;
    }
  }
  return nothing;
}

function unzstd(data: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(data, { maxOutputLength: MAX_INFLATED, finishFlush: constants.ZSTD_e_continue });
  } catch {
    return nothing; // no zstd, or a bomb
  }
}
