/**
 * Where a string of so many 16-bit characters ends, or -1 if beyond `end`. Characters above U+FFFF count twice, as in Java,
 * whether they are written as one sequence of four bytes or two of three.
 */
export function stringEnd(bytes: Uint8Array, at: number, end: number, characters: number): number {
  for (let left = characters; left > 0; left--) {
    if (at >= end) return -1;
    const byte = bytes[at];
    if (byte < 0x80) at += 1;
    else if (byte < 0xe0) at += 2;
    else if (byte < 0xf0) at += 3;
    else {
      at += 4;
      left--;
    }
  }
  return at <= end ? at : -1;
}
