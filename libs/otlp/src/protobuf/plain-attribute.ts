import type { JsonBytes } from './json-bytes.ts';

const KEY = 0x0a;
const VALUE = 0x12;
const STRING_VALUE = 0x0a;
const INT_VALUE = 0x18;
/** Bytes of a varint that are below 2^53 for sure. */
const EXACT_BYTES = 7;

/**
 * Writes the attribute that lies at [start, end) as JSON, if it is what nearly all are: a short text or a whole number, without
 * a character that JSON writes in another way. False, and nothing is written, where it is anything else.
 *
 *     KeyValue { key = 1, value = 2 AnyValue { string_value = 1 | int_value = 3 } }:  0a n key 12 n (0a n text | 18 varint)
 */
export function writePlainAttribute(json: JsonBytes, bytes: Uint8Array, start: number, end: number): boolean {
  const keyAt = start + 2;
  if (end - start < 6 || bytes[start] !== KEY || bytes[start + 1] > 127) return false;
  const keyEnd = keyAt + bytes[start + 1];
  if (keyEnd + 4 > end || bytes[keyEnd] !== VALUE || bytes[keyEnd + 1] !== end - keyEnd - 2) return false;
  if (bytes[keyEnd + 1] > 127) return false;
  const valueAt = keyEnd + 3;
  if (bytes[keyEnd + 2] === STRING_VALUE) {
    const textAt = valueAt + 1;
    return bytes[valueAt] === end - textAt && json.textAttribute(bytes, keyAt, keyEnd, textAt, end);
  }
  if (bytes[keyEnd + 2] !== INT_VALUE || end - valueAt > EXACT_BYTES) return false;
  let value = 0;
  for (let at = end - 1; at >= valueAt; at--) {
    // All but the last byte say that another one follows.
    if (bytes[at] > 127 !== at < end - 1) return false;
    value = value * 128 + (bytes[at] & 127);
  }
  return json.integerAttribute(bytes, keyAt, keyEnd, value);
}
