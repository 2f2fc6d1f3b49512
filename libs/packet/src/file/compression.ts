/** Compression of a file by its first bytes, for the adapter that unpacks it. */
export type Compression = 'gzip' | 'zstd' | 'xz' | 'lz4' | 'bzip2';

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/** The compression whose magic number `bytes` begin with, or null. Six bytes are enough to tell. */
export function compressionOf(bytes: Uint8Array): Compression | null {
  return MAGIC.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0] ?? null;
}
