import { indexOf, text } from '../../bytes/text.ts';

const LF = 0x0a;
const CR = 0x0d;
/** The server's own limit for a control line is 4096; INFO and CONNECT with their JSON are longer. */
const MAX_LINE = 32 * 1024;

/** Length of the line at `start` with its end; 0 if that is not there yet, -1 if the line is too long. */
export function lineLength(bytes: Uint8Array, start: number, end: number): number {
  const at = indexOf(bytes, LF, start, Math.min(end, start + MAX_LINE));
  if (at >= 0) return at + 1 - start;
  return end - start >= MAX_LINE ? -1 : 0;
}

/** The line without its end, as text. */
export function lineText(bytes: Uint8Array, start: number, length: number): string {
  const last = start + length - 1;
  return text(bytes, start, last > start && bytes[last - 1] === CR ? last - 1 : last, MAX_LINE);
}
