import { ascii, text } from '../../bytes/text.ts';

const MAX_NAME = 255;
const MAX_POINTERS = 16;
const DOT = 0x2e;

/** A name as it was read. One is re-used. */
export interface NameAt {
  /** Without the final dot; '.' for the root. */
  name: string;
  /** Behind the name in the message; -1 if it is malformed or cut. */
  next: number;
}

/** Index behind a name, without reading it; -1 if it is malformed, -2 if it is cut. */
export function skipName(bytes: Uint8Array, at: number, end: number): number {
  const limit = at + MAX_NAME;
  while (at < end && at <= limit) {
    const length = bytes[at];
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2 <= end ? at + 2 : -2;
    if (length > 63) return -1;
    at += length + 1;
  }
  return at >= end ? -2 : -1;
}

/**
 * Reads a name (RFC 1035 3.1 and 4.1.4). Pointers go backwards only, so every message comes to an end.
 *
 * @param message index of the first byte of the message, from which pointers count
 */
export function readName(into: NameAt, bytes: Uint8Array, message: number, at: number, end: number): void {
  let name = '';
  let lowest = at;
  into.next = skipName(bytes, at, end);
  for (let pointers = 0; into.next >= 0 && name.length <= 4 * MAX_NAME; ) {
    const length = at < end ? bytes[at] : 64;
    if (length === 0) {
      into.name = name === '' ? '.' : name;
      return;
    }
    if (length >= 0xc0 && at + 1 < end) {
      const target = message + (((length & 0x3f) << 8) | bytes[at + 1]);
      if (target >= lowest || ++pointers > MAX_POINTERS) break;
      at = lowest = target;
    } else if (length > 63 || at + 1 + length > end) break;
    else {
      name += (name === '' ? '' : '.') + readLabel(bytes, at + 1, at + 1 + length);
      at += 1 + length;
    }
  }
  into.name = '';
  into.next = -1;
}

/**
 * A label as text: UTF-8 where it is that (RFC 6762 16), with its spaces; a dot inside it and what cannot be printed as \DDD
 * (RFC 4343 2.1).
 */
function readLabel(bytes: Uint8Array, start: number, end: number): string {
  let plain = true;
  for (let i = start; i < end && plain; i++) plain = bytes[i] > 0x20 && bytes[i] < 0x7f && bytes[i] !== DOT;
  if (plain) return ascii(bytes, start, end);
  const decoded = text(bytes, start, end);
  if (!/[\p{Cc}.\ufffd]/u.test(decoded)) return decoded;
  let label = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    const printed = byte >= 0x20 && byte < 0x7f && byte !== DOT;
    label += printed ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  }
  return label;
}
