let current: Uint8Array = new Uint8Array(0);
let words = new DataView(current.buffer);

/** LF in every byte of a word. */
const LFS = 0x0a0a0a0a;

/**
 * Index of the first line feed in [start, end), or -1. Looks at four bytes at a time: in a word with a zero byte,
 * `(w - 0x01010101) & ~w` has the high bit of that byte set (H. S. Warren, Hacker's Delight, 6-1).
 */
export function indexOfLineFeed(bytes: Uint8Array, start: number, end: number): number {
  // Most calls follow each other in one chunk of memory, whose view is kept.
  if (bytes !== current) {
    current = bytes;
    words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = words.getInt32(at, true) ^ LFS;
    const found = (word - 0x01010101) & ~word & 0x80808080;
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
  }
  for (; at < end; at++) if (bytes[at] === 0x0a) return at;
  return -1;
}
