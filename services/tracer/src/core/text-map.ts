import { Buffer } from 'node:buffer';
import { mix } from './hash.ts';
import type { Entries, Texts } from './texts.ts';

const CHUNK_WORDS = 2 ** 18;
/** Words before key and value: their lengths, the place of the value before it of the same key (0: none), and the number of such values. */
const HEAD_WORDS = 4;
/** Places are 31 bits, in words; a map that takes more than half of that must not get more. */
export const MAX_MAP_BYTES = (4 * 2 ** 31) / 2;

interface Chunk {
  readonly bytes: Buffer;
  readonly words: Int32Array;
}

/**
 * A Map from texts to one text, or to some, of which the garbage collector sees a handful of buffers, however many they are:
 * keys and values lie one behind the other in chunks, and a table of open addressing finds them by hash. Nothing is deleted;
 * a value that is replaced stays where it lies, unreachable.
 *
 *     slots  [ hash | place ] ...     at a place: [ key length | value length | place before | count | key | value ]
 */
export class TextMap {
  /** The hash is seeded, so that whoever chooses ids cannot make keys collide. */
  readonly #seed = (Math.random() * 2 ** 32) | 0;
  #slots = new Int32Array(2 * 1024);
  readonly #chunks: Chunk[] = [];
  /** Words that are used of the last chunk. The first is never a place: 0 is none. */
  #used = 1;
  #size = 0;
  #bytes = 0;

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** Memory that it takes. */
  get bytes(): number {
    return this.#bytes + 4 * this.#slots.length;
  }

  /** The value of key n of the list. */
  get(keys: Texts, n: number): string | undefined {
    const place = this.find(keys, n);
    return place === 0 ? undefined : this.#value(place);
  }

  /** Where the youngest value of key n is: 0 without one. The same until the key gets another. */
  find(keys: Texts, n: number): number {
    return this.#slots[this.#slotOf(keys, n) + 1];
  }

  /** The values that were added to a key, in that order. */
  all(youngest: number): string[] {
    const values: string[] = [];
    for (let place = youngest; place !== 0; place = this.#head(place, 2)) values.push(this.#value(place));
    return values.reverse();
  }

  /** Puts entry n in, in the place of what its key had. */
  set(entries: Entries, n: number): void {
    this.#put(this.#slotOf(entries.keys, n), entries, n, 0, 1);
  }

  /** Adds the value of entry n to what its key has, once, and no more than `most`. */
  add(entries: Entries, n: number, most: number): void {
    const slot = this.#slotOf(entries.keys, n);
    const before = this.#slots[slot + 1];
    const count = before === 0 ? 0 : this.#head(before, 3);
    if (count >= most) return;
    for (let place = before; place !== 0; place = this.#head(place, 2)) {
      if (this.#isValueAt(place, entries.values, n)) return;
    }
    this.#put(slot, entries, n, before, count + 1);
  }

  #put(slot: number, { keys, values }: Entries, n: number, before: number, count: number): void {
    const keyStart = keys.start(n);
    const keyLength = keys.endOf(n) - keyStart;
    const valueStart = values.start(n);
    const valueLength = values.endOf(n) - valueStart;
    const words = HEAD_WORDS + ((keyLength + valueLength + 3) >> 2);
    const chunk = this.#chunkFor(words);
    const head = this.#used;
    chunk.words[head] = keyLength;
    chunk.words[head + 1] = valueLength;
    chunk.words[head + 2] = before;
    chunk.words[head + 3] = count;
    const at = 4 * (head + HEAD_WORDS);
    copy(keys.bytes, keyStart, keyLength, chunk.bytes, at);
    copy(values.bytes, valueStart, valueLength, chunk.bytes, at + keyLength);
    this.#used += words;
    const isNew = this.#slots[slot + 1] === 0;
    this.#slots[slot] = this.#hash(keys.bytes, keyStart, keyStart + keyLength);
    this.#slots[slot + 1] = (this.#chunks.length - 1) * CHUNK_WORDS + head;
    // A table that is more than half full grows.
    if (isNew && 4 * ++this.#size > this.#slots.length) this.#grow();
  }

  #head(place: number, word: number): number {
    return this.#chunks[(place / CHUNK_WORDS) | 0].words[(place % CHUNK_WORDS) + word];
  }

  #value(place: number): string {
    const { bytes, words } = this.#chunks[(place / CHUNK_WORDS) | 0];
    const head = place % CHUNK_WORDS;
    const at = 4 * (head + HEAD_WORDS) + words[head];
    return bytes.toString('utf8', at, at + words[head + 1]);
  }

  /** FNV-1a with the finalizer of MurmurHash3. */
  #hash(bytes: Uint8Array, start: number, end: number): number {
    let hash = this.#seed;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    return mix(hash);
  }

  /** Index of the slot that holds key n, or of the free one where it belongs. */
  #slotOf(keys: Texts, n: number): number {
    const { bytes } = keys;
    const start = keys.start(n);
    const end = keys.endOf(n);
    const hash = this.#hash(bytes, start, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (2 * hash) & mask;
    for (; slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
      if (slots[slot] === hash && this.#isKeyAt(slots[slot + 1], bytes, start, end)) break;
    }
    return slot;
  }

  #isKeyAt(place: number, key: Uint8Array, start: number, end: number): boolean {
    const { bytes, words } = this.#chunks[(place / CHUNK_WORDS) | 0];
    const head = place % CHUNK_WORDS;
    return words[head] === end - start && isEqual(bytes, 4 * (head + HEAD_WORDS), key, start, end);
  }

  #isValueAt(place: number, values: Texts, n: number): boolean {
    const { bytes, words } = this.#chunks[(place / CHUNK_WORDS) | 0];
    const head = place % CHUNK_WORDS;
    const start = values.start(n);
    const end = values.endOf(n);
    const at = 4 * (head + HEAD_WORDS) + words[head];
    return words[head + 1] === end - start && isEqual(bytes, at, values.bytes, start, end);
  }

  /** A chunk that has room for so many words from `#used` on; what is larger than a chunk has one of its own. */
  #chunkFor(words: number): Chunk {
    const last = this.#chunks[this.#chunks.length - 1];
    if (last !== undefined && this.#used < CHUNK_WORDS && this.#used + words <= last.words.length) return last;
    const bytes = Buffer.allocUnsafeSlow(4 * Math.max(CHUNK_WORDS, words + 1));
    const chunk = { bytes, words: new Int32Array(bytes.buffer) };
    this.#chunks.push(chunk);
    this.#bytes += bytes.length;
    this.#used = 1;
    return chunk;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(2 * old.length);
    const mask = slots.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let slot = (2 * old[from]) & mask;
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
      slots[slot] = old[from];
      slots[slot + 1] = old[from + 1];
    }
    this.#slots = slots;
  }
}

/** Up to here a loop copies faster than a call. */
const MAX_LOOPED_BYTES = 96;

function copy(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  if (length > MAX_LOOPED_BYTES) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i];
}

function isEqual(bytes: Uint8Array, at: number, other: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[at + i - start] !== other[i]) return false;
  return true;
}
