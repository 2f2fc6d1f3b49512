/**
 * Dense numbers 0, 1, 2 ... for keys of a fixed count of 32-bit words: open addressing with linear probing, no object
 * per key. Write the key into `key`, then call `add` or `find`. The hash is seeded at random, so that whoever chooses
 * addresses and ids cannot make keys collide; the numbers depend on the order of the calls alone.
 */
export class WordTable {
  /** The key that the next call means. */
  readonly key: Uint32Array;
  readonly #seed = (Math.random() * 0x1_0000_0000) >>> 0;
  #keys: Uint32Array;
  /** Number of the key plus 1, by slot; 0 is free. Its length is a power of two, at least twice that of the keys. */
  #slots: Uint32Array;
  #mask: number;
  #length = 0;

  constructor(width: number, capacity = 64) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(capacity, 8)));
    this.key = new Uint32Array(width);
    this.#keys = new Uint32Array(size * width);
    this.#slots = new Uint32Array(2 * size);
    this.#mask = 2 * size - 1;
  }

  /** How many keys there are. */
  get length(): number {
    return this.#length;
  }

  /** The words of key n begin at n times the width. Read it anew after an `add`, and never write to it. */
  get keys(): Uint32Array {
    return this.#keys;
  }

  /** Number of the key, or -1. */
  find(): number {
    return this.#slots[this.#slotOf(this.key, 0)] - 1;
  }

  /** Number of the key, which is added where it is missing: it is new when the number equals the former `length`. */
  add(): number {
    const slot = this.#slotOf(this.key, 0);
    const known = this.#slots[slot];
    if (known !== 0) return known - 1;
    const width = this.key.length;
    this.#keys.set(this.key, this.#length * width);
    this.#slots[slot] = ++this.#length;
    if (2 * this.#length > this.#mask) this.#grow();
    return this.#length - 1;
  }

  /** Forgets all keys; keeps the memory. */
  clear(): void {
    this.#slots.fill(0);
    this.#length = 0;
  }

  /** The slot that holds the key of `words` at `at`, or the free slot where it belongs. */
  #slotOf(words: Uint32Array, at: number): number {
    const width = this.key.length;
    const keys = this.#keys;
    let hash = this.#seed;
    for (let i = 0; i < width; i++) {
      hash = Math.imul(hash ^ words[at + i], 0x9e37_79b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0x85eb_ca6b);
    let slot = (hash ^ (hash >>> 16)) & this.#mask;
    search: for (; ; slot = (slot + 1) & this.#mask) {
      const number = this.#slots[slot];
      if (number === 0) return slot;
      const start = (number - 1) * width;
      for (let i = 0; i < width; i++) if (keys[start + i] !== words[at + i]) continue search;
      return slot;
    }
  }

  #grow(): void {
    const width = this.key.length;
    const keys = new Uint32Array(2 * this.#keys.length);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Uint32Array(2 * this.#slots.length);
    this.#mask = this.#slots.length - 1;
    for (let number = 0; number < this.#length; number++) {
      this.#slots[this.#slotOf(keys, number * width)] = number + 1;
    }
  }
}
