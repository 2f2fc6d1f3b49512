import { u64be } from '../../bytes/numbers.ts';

const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/**
 * ZMTP 3.1 section "Framing": flags (more, long, command), then the size in 1 byte, or in 8 of a long frame.
 * Length of this head; -1 if the flags are none.
 */
export function headLength(flags: number): number {
  if (flags > 6 || ((flags & COMMAND) !== 0 && (flags & MORE) !== 0)) return -1;
  return (flags & LONG) !== 0 ? 9 : 2;
}

export const bodyLength = (bytes: Uint8Array, start: number): number =>
  (bytes[start] & LONG) !== 0 ? u64be(bytes, start + 1) : bytes[start + 1];

export const hasMore = (flags: number): boolean => (flags & MORE) !== 0;
export const isCommand = (flags: number): boolean => (flags & COMMAND) !== 0;
