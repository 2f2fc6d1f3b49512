/** A variable-length integer (RFC 9000 16), and the index behind it. */
export interface VariableInteger {
  value: number;
  /** -1 if it is cut. */
  next: number;
}

/** Reads into `into`, which is re-used. Values beyond 2^53 are rounded. */
export function readInteger(into: VariableInteger, bytes: Uint8Array, at: number, end: number): void {
  into.next = -1;
  if (at < 0 || at >= end) return;
  const length = 1 << (bytes[at] >> 6);
  if (at + length > end) return;
  let value = bytes[at] & 0x3f;
  for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i];
  into.value = value;
  into.next = at + length;
}
