import { Buffer } from 'node:buffer';

const CHUNK_BYTES = 2 ** 20;
/** Places are 31 bits: chunk and offset in it. */
const MAX_CHUNKS = 2 ** 31 / CHUNK_BYTES - 1;
/** Lengths of key and value, 4 bytes each, stand before them. */
const HEAD_BYTES = 8;
/** A character of a string is at most so many bytes of UTF-8. */
const BYTES_PER_CHARACTER = 3;

/** Buffer's own reader and writer of text, without what stands around them. */
const { utf8Slice, utf8Write } = Buffer.prototype as unknown as {
  utf8Slice: (this: Uint8Array, start: number, end: number) => string;
  utf8Write: (this: Uint8Array, text: string, at: number, most: number) => number;
};

/**
 * A Map of short texts of which the garbage collector sees a handful of buffers, however many they are: keys and values lie
 * one behind the other in chunks, and a table of open addressing finds them by hash. Nothing is deleted; a value that is
 * replaced stays where it lies, unreachable.
 *
 *     slots  [ hash | place + 1 ] ...     at a place: [ key length | value length | key | value ]
 */
export class TextMap {
  /** The hash is seeded, so that whoever chooses ids cannot make keys collide. */
  readonly #seed = (Math.random() * 2 ** 32) | 0;
  #slots = new Int32Array(2 * 1024);
  readonly #chunks: Buffer[] = [];
  /** Bytes that are used of the last chunk. */
  #used = 0;
  #size = 0;
  #key = Buffer.allocUnsafe(512);

  get size(): number {
    return this.#size;
  }

  get(key: string): string | undefined {
    const length = this.#encode(key);
    const place = this.#slots[this.#find(this.#hash(length), length) + 1] - 1;
    if (place < 0) return undefined;
    const chunk = this.#chunks[Math.floor(place / CHUNK_BYTES)];
    const at = place % CHUNK_BYTES;
    const from = at + HEAD_BYTES + length;
    return utf8Slice.call(chunk, from, from + chunk.readUInt32LE(at + 4));
  }

  /** False, and nothing is kept, where 2 GiB are full. */
  set(key: string, value: string): boolean {
    const length = this.#encode(key);
    if (!this.#reserve(HEAD_BYTES + length + value.length * BYTES_PER_CHARACTER)) return false;
    const chunk = this.#chunks[this.#chunks.length - 1];
    const at = this.#used;
    for (let i = 0; i < length; i++) chunk[at + HEAD_BYTES + i] = this.#key[i];
    const valueLength = utf8Write.call(chunk, value, at + HEAD_BYTES + length, chunk.length - at - HEAD_BYTES - length);
    chunk.writeUInt32LE(length, at);
    chunk.writeUInt32LE(valueLength, at + 4);
    this.#used += HEAD_BYTES + length + valueLength;
    const hash = this.#hash(length);
    const slot = this.#find(hash, length);
    const isNew = this.#slots[slot + 1] === 0;
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = (this.#chunks.length - 1) * CHUNK_BYTES + at + 1;
    // A table that is more than half full grows.
    if (isNew && 4 * ++this.#size > this.#slots.length) this.#grow();
    return true;
  }

  /** Puts the key's bytes into `#key`; returns how many. */
  #encode(key: string): number {
    const most = key.length * BYTES_PER_CHARACTER;
    if (most > this.#key.length) this.#key = Buffer.allocUnsafe(2 * most);
    const bytes = this.#key;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code > 127) return bytes.write(key, 'utf8');
      bytes[i] = code;
    }
    return key.length;
  }

  /** FNV-1a with the finalizer of MurmurHash3, of the key in `#key`. */
  #hash(length: number): number {
    const bytes = this.#key;
    let hash = this.#seed;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  /** Index of the slot that holds the key in `#key`, or of the free one where it belongs. */
  #find(hash: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (2 * hash) & mask;
    for (; slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
      if (slots[slot] === hash && this.#isKeyAt(slots[slot + 1] - 1, length)) break;
    }
    return slot;
  }

  #isKeyAt(place: number, length: number): boolean {
    const chunk = this.#chunks[Math.floor(place / CHUNK_BYTES)];
    const at = place % CHUNK_BYTES;
    if (chunk.readUInt32LE(at) !== length) return false;
    for (let i = 0; i < length; i++) if (chunk[at + HEAD_BYTES + i] !== this.#key[i]) return false;
    return true;
  }

  /** Makes sure that the last chunk has room for so many bytes; what is larger than a chunk has one of its own. */
  #reserve(bytes: number): boolean {
    const last = this.#chunks[this.#chunks.length - 1];
    if (last !== undefined && this.#used + bytes <= last.length && this.#used < CHUNK_BYTES) return true;
    if (this.#chunks.length >= MAX_CHUNKS) return false;
    this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes)));
    this.#used = 0;
    return true;
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
