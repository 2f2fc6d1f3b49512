/** Where a varint that starts at `at` ends; 0 if beyond `end`, -1 if longer than ten bytes. */
export function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end && i < at + 10; i++) if (bytes[i] < 0x80) return i + 1;
  return end - at >= 10 ? -1 : 0;
}

/** Value of a varint, of which only the lowest 32 bits are taken. */
export function varint(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7, at++) {
    value |= (bytes[at] & 0x7f) << shift;
    if (bytes[at] < 0x80) break;
  }
  return value >>> 0;
}
