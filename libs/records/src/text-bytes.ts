/**
 * Writes the strings [start, end) one behind the other in UTF-8 from byte `at` on, and where each begins into `offsets` from
 * `offsetsAt` on, one more than there are strings: Arrow's Utf8 layout. Returns how many bytes they take.
 */
export function writeTexts(
  texts: readonly string[],
  start: number,
  end: number,
  bytes: Buffer,
  at: number,
  offsets: Uint32Array,
  offsetsAt: number,
): number {
  // One call for all of them costs far less than one for each; where no character takes two bytes the lengths are known.
  const joined = (start === 0 && end === texts.length ? texts : texts.slice(start, end)).join('');
  const written = joined === '' ? 0 : bytes.write(joined, at, 'utf8');
  const isAscii = written === joined.length;
  let offset = 0;
  offsets[offsetsAt++] = 0;
  for (let i = start; i < end; i++) {
    offset += isAscii ? texts[i].length : Buffer.byteLength(texts[i]);
    offsets[offsetsAt++] = offset;
  }
  return written;
}

/** The most bytes that the strings [start, end) take. */
export function mostTextBytes(texts: readonly string[], start: number, end: number): number {
  let units = 0;
  for (let i = start; i < end; i++) units += texts[i].length;
  return 3 * units;
}
