import { u16le, u32le } from '../bytes/numbers.ts';
import { copy } from './snappy.ts';

const MAGIC = 0x184d2204;
const HAS_BLOCK_CHECKSUM = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_DICTIONARY = 0x01;
const IS_PLAIN = 0x8000_0000;

/**
 * The start of an LZ4 frame (LZ4 Frame Format 1.6), as much as `out` holds: magic (32), flags (8), block size (8), [content size
 * (64)], [dictionary (32)], checksum (8), then blocks: size (32, the highest bit for plain bytes), bytes, [checksum (32)]. Returns
 * its length.
 */
export function unlz4Frame(out: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 7 || u32le(bytes, at) !== MAGIC) return 0;
  const flags = bytes[at + 4];
  at += 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY ? 4 : 0);
  let to = 0;
  while (at + 4 < end && to < out.length) {
    const head = u32le(bytes, at);
    const size = head & 0x7fff_ffff;
    if (size === 0) break;
    at += 4;
    const stop = Math.min(end, at + size);
    if (head >= IS_PLAIN) {
      const taken = Math.min(stop - at, out.length - to);
      out.set(bytes.subarray(at, at + taken), to);
      to += taken;
    } else to = unlz4Block(out, to, bytes, at, stop);
    at += size + (flags & HAS_BLOCK_CHECKSUM ? 4 : 0);
  }
  return to;
}

/**
 * Sequences (LZ4 Block Format): token (4 bits literals, 4 bits match - 4; 15 goes on), literals, offset (16). Writes behind `to`, where
 * what is before may be referred to; returns where it ends.
 */
export function unlz4Block(out: Uint8Array, to: number, bytes: Uint8Array, at: number, end: number): number {
  while (at < end && to < out.length) {
    const token = bytes[at++];
    let literals = token >> 4;
    if (literals === 15) {
      do literals += bytes[at] ?? 0;
      while (at < end && bytes[at++] === 255);
    }
    const taken = Math.max(0, Math.min(literals, end - at, out.length - to));
    out.set(bytes.subarray(at, at + taken), to);
    to += taken;
    at += literals;
    if (at + 2 > end) return to;
    const offset = u16le(bytes, at);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      do length += bytes[at] ?? 0;
      while (at < end && bytes[at++] === 255);
    }
    if (offset === 0 || offset > to) return to;
    to = copy(out, to, offset, length);
  }
  return to;
}
