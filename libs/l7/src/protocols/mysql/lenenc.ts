import { u16le, u24le, u32le, u64le } from '../../bytes/numbers.ts';

/** Bytes of the length-encoded integer whose first byte is this. */
export const lenencBytes = (first: number): number => (first < 0xfb ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : 9);

/** Length-encoded integer at `at` (protocol, "int<lenenc>"); 0 where it reaches beyond the end. */
export function lenenc(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (at + lenencBytes(first) > end) return 0;
  if (first < 0xfb) return first;
  if (first === 0xfc) return u16le(bytes, at + 1);
  return first === 0xfd ? u24le(bytes, at + 1) : first === 0xfe ? u64le(bytes, at + 1) : u32le(bytes, at + 1);
}
