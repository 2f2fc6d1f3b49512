import { indexOf, text } from '../../bytes/text.ts';

const LF = 0x0a;
const CR = 0x0d;
/** memcached itself closes connections whose first 2048 bytes hold no end of line; `get` with many keys may be longer. */
const MAX_LINE = 8192;
const MAX_WORDS = 128;

/** One line of the text protocol in words. Re-used. */
export class Line {
  words: string[] = [];
  /** With the end of line; 0 if that is not there yet, -1 if it never will be. */
  bytes = 0;

  read(bytes: Uint8Array, start: number, end: number): void {
    const limit = Math.min(end, start + MAX_LINE);
    const at = indexOf(bytes, LF, start, limit);
    const lineEnd = at < 0 ? limit : at;
    const last = lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    this.words = [];
    this.bytes = -1;
    for (let i = start; i < last; i++) if (bytes[i] < 0x20 || bytes[i] === 0x7f) return;
    if (at < 0) {
      if (end - start < MAX_LINE) this.bytes = 0;
      return;
    }
    this.bytes = at + 1 - start;
    this.words = text(bytes, start, last, MAX_LINE)
      .split(' ', MAX_WORDS)
      .filter((word) => word !== '');
  }

  /** A word as a number of bytes; -1 if it is none. */
  count(index: number): number {
    const word = this.words[index] ?? '';
    return /^\d{1,9}$/.test(word) ? Number(word) : -1;
  }
}
