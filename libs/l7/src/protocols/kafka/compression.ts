import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { unlz4 } from './lz4.ts';
import { unsnappy } from './snappy.ts';

/** Compression of a record batch: bits 0 to 2 of its attributes (KIP-98, KIP-110). */
export const Codec = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** A bomb becomes no more than this. */
const MAX_INFLATED = 256 * 1024;
/** Input of which even the strongest gzip (1032 to 1) makes no more than that. */
const HARMLESS_BYTES = 240;
/** Snappy and LZ4 are read no further than what this holds. */
const scratch = new Uint8Array(32 * 1024);
const nothing = new Uint8Array(0);

/**
 * The start of compressed records, as far as it can be had from [at, end), which may be cut: up to 32 KiB, with gzip and zstd up to
 * 256 KiB. Empty if there is none: zstd gives nothing before the end of a block, which may be 128 KiB of records. Valid until the next call.
 */
export function decompress(codec: number, bytes: Uint8Array, at: number, end: number): Uint8Array {
  switch (codec) {
    case Codec.gzip:
      return gunzip(bytes.subarray(at, end));
    case Codec.snappy:
      return scratch.subarray(0, unsnappy(scratch, bytes, at, end));
    case Codec.lz4:
      return scratch.subarray(0, unlz4(scratch, bytes, at, end));
    case Codec.zstd:
      return unzstd(bytes.subarray(at, end));
    default:
      return nothing;
  }
}

/** Of what becomes too large the start: the first record is in it. */
function gunzip(data: Uint8Array): Uint8Array {
  for (const part of [data, data.subarray(0, HARMLESS_BYTES)]) {
    try {
      return gunzipSync(part, { maxOutputLength: MAX_INFLATED, finishFlush: constants.Z_SYNC_FLUSH });
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
