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
    const at = indexOf(bytes, LF, start, Math.min(end, start + MAX_LINE));
    this.words = [];
    if (at < 0) {
      this.bytes = end - start >= MAX_LINE ? -1 : 0;
      return;
    }
    const last = at > start && bytes[at - 1] === CR ? at - 1 : at;
    for (let i = start; i < last; i++) {
      if (bytes[i] < 0x20 || bytes[i] === 0x7f) {
        this.bytes = -1;
        return;
      }
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
