import type { IpcArray } from './array.ts';

/** The strings of a Utf8 column; '' for a null. Throws a RangeError where an offset points outside or backwards. */
export function utf8Texts({ length, validity, offsets, values }: IpcArray): string[] {
  if (length === 0) return [];
  const places = new Int32Array(offsets.buffer, offsets.byteOffset, Math.floor(offsets.length / 4));
  if (places.length <= length) throw new RangeError('offsets of texts are cut');
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const texts = new Array<string>(length).fill('');
  // The text that came last: rows often repeat it, and then no other string is made.
  let last = '';
  let lastStart = 0;
  let lastEnd = 0;
  for (let i = 0; i < length; i++) {
    const start = places[i];
    const end = places[i + 1];
    if (start < 0 || end < start || end > bytes.length) throw new RangeError('a text lies outside of its bytes');
    const isNull = validity.length > 0 && ((validity[i >> 3] >> (i & 7)) & 1) === 0;
    if (start === end || isNull) continue;
    if (!isSame(bytes, start, end, lastStart, lastEnd)) last = bytes.toString('utf8', start, end);
    lastStart = start;
    lastEnd = end;
    texts[i] = last;
  }
  return texts;
}

function isSame(bytes: Uint8Array, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let i = 0; i < end - start; i++) if (bytes[start + i] !== bytes[otherStart + i]) return false;
  return true;
}
