import { Buffer } from 'node:buffer';
import { maxIntegerBytes, writeHexWord, writeInteger } from '@flowloom/records';

/** UTF-16 units become at most so many bytes of UTF-8 each. */
const BYTES_PER_UNIT = 3;
const FIRST_BYTES = 4096;
/** A larger buffer is not kept for the next time. */
const MAX_KEPT_BYTES = 4 * 2 ** 20;

/**
 * A list of texts as UTF-8, one behind the other in one buffer: keys and values for the link store, of which there are some
 * for every request. They are written piece by piece, and `end` closes each, so that no string is made.
 */
export class Texts {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #at = 0;
  /** Where each text ends; the next begins there. */
  #ends = new Uint32Array(64);
  #length = 0;

  static of(texts: readonly string[]): Texts {
    const list = new Texts();
    for (const text of texts) list.push(text);
    return list;
  }

  get length(): number {
    return this.#length;
  }

  /** The memory of all texts; read it anew after a write. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Where text n begins in `bytes`. */
  start(n: number): number {
    return n === 0 ? 0 : this.#ends[n - 1];
  }

  endOf(n: number): number {
    return this.#ends[n];
  }

  get(n: number): string {
    return this.#bytes.toString('utf8', this.start(n), this.#ends[n]);
  }

  push(text: string): void {
    this.text(text).end();
  }

  text(text: string): this {
    const { length } = text;
    this.#reserve(length * BYTES_PER_UNIT);
    const bytes = this.#bytes;
    const at = this.#at;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.#at += bytes.write(text, at, 'utf8');
        return this;
      }
      bytes[at + i] = code;
    }
    this.#at = at + length;
    return this;
  }

  /** A whole number of either sign below 2^53, in decimal. */
  integer(value: number): this {
    this.#reserve(maxIntegerBytes);
    this.#at = writeInteger(this.#bytes, this.#at, value);
    return this;
  }

  /** The 16 lower-case hex digits of an id of two words. */
  id(high: number, low: number): this {
    this.#reserve(16);
    this.#at = writeHexWord(this.#bytes, writeHexWord(this.#bytes, this.#at, high), low);
    return this;
  }

  /** Closes the text that was written since the one before. */
  end(): void {
    if (this.#length === this.#ends.length) {
      const grown = new Uint32Array(2 * this.#length);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.#length++] = this.#at;
  }

  /** The last text once more. */
  again(): void {
    const from = this.start(this.#length - 1);
    const to = this.#ends[this.#length - 1];
    this.#reserve(to - from);
    this.#bytes.copyWithin(this.#at, from, to);
    this.#at += to - from;
    this.end();
  }

  clear(): void {
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#at = 0;
    this.#length = 0;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

/** Keys with a value each. */
export class Entries {
  readonly keys = new Texts();
  readonly values = new Texts();

  static of(entries: Iterable<readonly [key: string, value: string]>): Entries {
    const list = new Entries();
    for (const [key, value] of entries) list.push(key, value);
    return list;
  }

  get length(): number {
    return this.keys.length;
  }

  push(key: string, value: string): void {
    this.keys.push(key);
    this.values.push(value);
  }

  clear(): void {
    this.keys.clear();
    this.values.clear();
  }
}
