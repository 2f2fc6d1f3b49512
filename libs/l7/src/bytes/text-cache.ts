import { ascii, text } from './text.ts';

/** Longer texts seldom repeat. */
const MAX_LENGTH = 64;
/** So many bytes at the end tell texts apart well enough; all of them are compared. */
const HASHED = 16;

/**
 * Texts that repeat (methods, hosts, paths, keys) without a new string each time: a table of the text last seen at each
 * hash, of fixed size.
 */
export class TextCache {
  readonly #texts: (string | undefined)[];
  readonly #mask: number;

  /** @param size entries, a power of two */
  constructor(size = 1024) {
    this.#texts = new Array(size);
    this.#mask = size - 1;
  }

  get(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > MAX_LENGTH) return text(bytes, start, end);
    let hash = length;
    for (let i = Math.max(start, end - HASHED); i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0;
    const at = (hash ^ (hash >>> 15)) & this.#mask;
    const known = this.#texts[at];
    if (known !== undefined && known.length === length && same(known, bytes, start)) return known;
    for (let i = start; i < end; i++) if (bytes[i] > 0x7f) return text(bytes, start, end);
    return (this.#texts[at] = ascii(bytes, start, end));
  }
}

function same(known: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < known.length; i++) if (known.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
