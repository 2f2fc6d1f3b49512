import { u16be, u24be, u32be } from '../../bytes/numbers.ts';

/** Bytes before the header. */
export const PREFIX = 8;
export const JSON_HEADER = 0;
export const BINARY_HEADER = 1;
/** Brokers take frames of at most 16 MiB; clients may be told otherwise. */
const MAX_FRAME = 64 * 1024 * 1024;
/** A header must be read as a whole. */
const MAX_HEADER = 48 * 1024;

/**
 * RemotingCommand of Apache RocketMQ:
 *
 *     +------------+----------------+-------------------+--------+------+
 *     | length, 4  | serializing, 1 | header length, 3  | header | body |
 *     +------------+----------------+-------------------+--------+------+
 *
 * `length` counts all behind itself. Returns the length of the whole frame; -1 if this is none. 8 bytes are there.
 */
export function frameLength(bytes: Uint8Array, start: number): number {
  const length = u32be(bytes, start);
  const header = u24be(bytes, start + 5);
  if (length < 4 + header || length > MAX_FRAME || header < 21 || header > MAX_HEADER) return -1;
  return bytes[start + 4] <= BINARY_HEADER ? length + 4 : -1;
}

export const headerLength = (bytes: Uint8Array, start: number): number => u24be(bytes, start + 5);

/** Code, language, version, opaque, flag, remark and extension of a binary header add up to its length. */
export function isBinaryHeader(bytes: Uint8Array, start: number, end: number, length: number): boolean {
  if (start + 17 > end || bytes[start + 2] > 12) return false;
  const remark = u32be(bytes, start + 13);
  const ext = start + 17 + remark;
  if (remark > length - 21) return false;
  if (ext + 4 > end) return u16be(bytes, start + 9) === 0;
  return u32be(bytes, ext) + remark + 21 === length && u32be(bytes, start + 9) <= 3;
}
