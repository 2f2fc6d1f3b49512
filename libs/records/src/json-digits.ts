const zero = 48;
const minus = 45;
const billion = 1_000_000_000;

/** Longest text that `writeInteger` writes: -9007199254740991. */
export const maxIntegerBytes = 17;

/** Writes an integer of at most 2^53 in decimal at `at`; returns where it ends. */
export function writeInteger(out: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    out[at++] = minus;
    value = -value;
  }
  if (value < billion) return writeSmall(out, at, value);
  const high = Math.floor(value / billion);
  return writeNineDigits(out, writeSmall(out, at, high), value - high * billion);
}

function writeSmall(out: Uint8Array, at: number, value: number): number {
  return writeDigits(out, at, value, digitsOf(value));
}

/** Writes an integer below 10^9 with leading zeros; returns where it ends. */
export function writeNineDigits(out: Uint8Array, at: number, value: number): number {
  return writeDigits(out, at, value, 9);
}

function writeDigits(out: Uint8Array, at: number, value: number, count: number): number {
  const end = at + count;
  for (let i = end - 1; i >= at; i--) {
    const rest = (value / 10) | 0;
    out[i] = zero + value - rest * 10;
    value = rest;
  }
  return end;
}

function digitsOf(value: number): number {
  if (value < 100_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    if (value < 1000) return 3;
    return value < 10_000 ? 4 : 5;
  }
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  if (value < 100_000_000) return 8;
  return value < billion ? 9 : 10;
}
