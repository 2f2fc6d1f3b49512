const CR = 0x0d;
const LF = 0x0a;

/** Longest line of a simple string or error. */
export const MAX_LINE = 65_536;

/** Index of the CR of the CRLF that ends a line, -1 if it is not there yet, -2 if the line is malformed. */
export function endOfLine(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    if (bytes[i] === CR) {
      if (i + 1 >= end) return -1;
      return bytes[i + 1] === LF ? i : -2;
    }
    if (bytes[i] === LF) return -2;
  }
  return end - start > MAX_LINE ? -2 : -1;
}

/** Decimal number in [start, end), as in `$3`, `*-1`, `:42`; NaN if it is none. */
export function readInteger(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 0x2d;
  if (negative || bytes[start] === 0x2b) start++;
  if (start >= end || end - start > 15) return Number.NaN;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}
