import { i32le, u64le } from '../../bytes/numbers.ts';
import { indexOf } from '../../bytes/text.ts';

const MAX_NAME = 128;
/** Bytes of values of fixed size, by type (bsonspec.org 1.1). */
const fixed: Record<number, number> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};

/**
 * Goes over the elements of the document at `at`, without its nested ones: type, where the name is, where the value is. Stops where
 * `element` returns false, and where the document is cut or malformed.
 */
export function walkDocument(
  bytes: Uint8Array,
  at: number,
  end: number,
  element: (type: number, nameFrom: number, nameTo: number, value: number) => boolean,
): void {
  if (end - at < 5) return;
  const stop = Math.min(end, at + i32le(bytes, at));
  at += 4;
  for (let i = 0; i < 256 && at < stop && bytes[at] !== 0; i++) {
    const type = bytes[at];
    const zero = indexOf(bytes, 0, at + 1, Math.min(stop, at + MAX_NAME));
    if (zero < 0 || !element(type, at + 1, zero, zero + 1)) return;
    const length = valueLength(bytes, type, zero + 1, stop);
    if (length < 0) return;
    at = zero + 1 + length;
  }
}

function valueLength(bytes: Uint8Array, type: number, at: number, end: number): number {
  if (Object.hasOwn(fixed, type)) return fixed[type];
  if (end - at < 4) return -1;
  const length = i32le(bytes, at);
  if (length < 0) return -1;
  switch (type) {
    case 2: // string
    case 13: // code
    case 14: // symbol
      return 4 + length;
    case 3: // document
    case 4: // array
    case 15: // code with scope
      return Math.max(4, length);
    case 5: // binary
      return 5 + length;
    case 12: // pointer
      return 16 + length;
    default:
      return -1;
  }
}

/** Number of a double, int32, int64 or boolean; NaN if it is none. */
export function bsonNumber(bytes: Uint8Array, type: number, at: number, end: number): number {
  if (type === 8 && at < end) return bytes[at];
  if (type === 16 && at + 4 <= end) return i32le(bytes, at);
  if (type === 18 && at + 8 <= end) return u64le(bytes, at);
  if (type === 1 && at + 8 <= end) return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0, true);
  return Number.NaN;
}
