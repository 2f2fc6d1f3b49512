import { u32be, u64be } from './numbers.ts';

/** 64 unsigned bits, first byte highest, as a decimal text without rounding: ids. */
export function u64Text(bytes: Uint8Array, at: number): string {
  if (bytes[at] === 0 && bytes[at + 1] < 0x20) return String(u64be(bytes, at));
  return String((BigInt(u32be(bytes, at)) << 32n) | BigInt(u32be(bytes, at + 4)));
}
