import { u16le, u24le, u32be, u32le } from '../bytes/numbers.ts';

const XERIAL = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0];
const XERIAL_HEADER = 16;

/**
 * The start of what Snappy has compressed, as much as `out` holds. Returns its length. Kafka's clients in Java wrap it (snappy-java's
 * SnappyOutputStream): 0x82 SNAPPY 0, two versions (32, 32), then blocks of a length (32) and as many bytes; others do not.
 */
export function unsnappy(out: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  if (!XERIAL.every((byte, i) => bytes[at + i] === byte)) return block(out, 0, bytes, at, end);
  let length = 0;
  for (at += XERIAL_HEADER; at + 4 < end && length < out.length; ) {
    const size = u32be(bytes, at);
    length = block(out, length, bytes, at + 4, Math.min(end, at + 4 + size));
    at += 4 + size;
  }
  return length;
}

/**
 * Snappy's format description: the plain length (varint), then elements. The low two bits of the first byte say which:
 *
 *     0 literal: length - 1 (6; from 60 on in 1 to 4 bytes that follow), bytes
 *     1 copy: length - 4 (3), offset (3 high bits, 8)     2 copy: length - 1 (6), offset (16)     3 copy: the same, offset (32)
 */
function block(out: Uint8Array, to: number, bytes: Uint8Array, at: number, end: number): number {
  const first = to;
  while (at < end && bytes[at] >= 0x80) at++;
  at++;
  while (at < end && to < out.length) {
    const tag = bytes[at++];
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const extra = length - 60;
        length = 1 + littleEndian(bytes, at, extra);
        at += extra;
      }
      const taken = Math.max(0, Math.min(length, end - at, out.length - to));
      out.set(bytes.subarray(at, at + taken), to);
      to += taken;
      at += length;
      continue;
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? ((tag >> 5) << 8) | bytes[at] : littleEndian(bytes, at, kind === 2 ? 2 : 4);
    at += kind === 3 ? 4 : kind;
    if (at > end || offset === 0 || offset > to - first) return to;
    to = copy(out, to, offset, length);
  }
  return to;
}

function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1) return bytes[at];
  return length === 2 ? u16le(bytes, at) : length === 3 ? u24le(bytes, at) : u32le(bytes, at);
}

/** Repeats what lies `offset` bytes back, which may overlap with what is written. Returns where it ends. */
export function copy(out: Uint8Array, to: number, offset: number, length: number): number {
  const stop = Math.min(out.length, to + length);
  for (; to < stop; to++) out[to] = out[to - offset];
  return to;
}
