import type { NameColumn } from './column.ts';

/**
 * Translates the codes of one name column into those of another. Each string is looked up once per pair of columns,
 * however many rows bear it; a `clear` on either side is noticed.
 */
export class NameMap {
  #from: NameColumn | undefined;
  #to: NameColumn | undefined;
  #fromGeneration = 0;
  #toGeneration = 0;
  #codes = new Uint32Array(16);

  /** Codes of `to` by codes of `from`: 0 where a code was not yet asked for by `code`. */
  begin(from: NameColumn, to: NameColumn): void {
    const same = this.#from === from && this.#to === to;
    if (!same || this.#fromGeneration !== from.generation || this.#toGeneration !== to.generation) {
      this.#from = from;
      this.#to = to;
      this.#fromGeneration = from.generation;
      this.#toGeneration = to.generation;
      this.#codes.fill(0);
    }
    if (this.#codes.length < from.dictionary.length) {
      const grown = new Uint32Array(2 * from.dictionary.length);
      grown.set(this.#codes);
      this.#codes = grown;
    }
  }

  /** The code in `to` of a code in `from`, both as given to `begin`. */
  code(fromCode: number): number {
    if (fromCode === 0) return 0;
    return this.#codes[fromCode] || (this.#codes[fromCode] = this.#to!.code(this.#from!.dictionary[fromCode]));
  }
}
