import { indexOf } from './text.ts';

const LF = 0x0a;
const CR = 0x0d;
const MINUS = 0x2d;
const SPACE = 0x20;

/** Index behind the end of the line at `start`; 0 if that is not there yet, -1 if the line is longer than `max`. */
export function lineEnd(bytes: Uint8Array, start: number, end: number, max: number): number {
  const at = indexOf(bytes, LF, start, Math.min(end, start + max));
  if (at >= 0) return at + 1;
  return end - start >= max ? -1 : 0;
}

/** The same without CRLF or LF. `next` is the index behind the line. */
export const withoutEnd = (bytes: Uint8Array, next: number): number => (bytes[next - 2] === CR ? next - 2 : next - 1);

/** Three digits at the start of a reply (RFC 5321 4.2, RFC 959 4.2), or 0. */
export function replyCode(bytes: Uint8Array, start: number, end: number): number {
  if (start + 3 > end) return 0;
  const [a, b, c] = [bytes[start] - 0x30, bytes[start + 1] - 0x30, bytes[start + 2] - 0x30];
  if (a < 1 || a > 6 || b < 0 || b > 9 || c < 0 || c > 9) return 0;
  const after = start + 3 < end ? bytes[start + 3] : SPACE;
  return after === SPACE || after === MINUS || after === CR || after === LF ? a * 100 + b * 10 + c : 0;
}

/** More lines of the reply follow. */
export const isContinued = (bytes: Uint8Array, start: number): boolean => bytes[start + 3] === MINUS;
