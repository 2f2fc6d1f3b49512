/**
 * Answers by VPC, address and time, without an object per answer: one cache line each, so that a look-up among many costs one
 * miss. Open addressing with linear probing; several answers of one address, for different times, are several entries.
 *
 *     word 0..3 address | 4 VPC | 5 1 where used | 6 side | 7 packed || 4 from, 5 to (doubles) | rest: to 64 bytes
 *
 * The hash is seeded at random, so that whoever chooses addresses cannot make them collide.
 */
export class AnswerTable {
  readonly #seed = (Math.random() * 0x1_0000_0000) >>> 0;
  readonly #spread = ((Math.random() * 0x1_0000_0000) | 1) >>> 0;
  #words = new Uint32Array(0);
  #times = new Float64Array(0);
  #mask = 0;
  #length = 0;

  constructor() {
    this.#allocate(1 << 10);
  }

  /** Entries in use, those that were forgotten one by one included. */
  get length(): number {
    return this.#length;
  }

  /** The words of all entries: valid until the next `add`. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** First word of the entry that holds at that time; -1 where there is none. */
  find(vpc: number, address: Uint32Array, at: number, timeUs: number): number {
    const words = this.#words;
    const times = this.#times;
    const mask = this.#mask;
    const a = address[at];
    const b = address[at + 1];
    const c = address[at + 2];
    const d = address[at + 3];
    for (let slot = this.#hash(a, b, c, d, vpc) & mask; ; slot = (slot + 1) & mask) {
      const entry = slot << 4;
      if (words[entry + 5] === 0) return -1;
      if (words[entry + 3] !== d || words[entry + 2] !== c || words[entry + 4] !== vpc) continue;
      if (words[entry + 1] !== b || words[entry] !== a) continue;
      const time = slot << 3;
      if (times[time + 4] <= timeUs && timeUs < times[time + 5]) return entry;
    }
  }

  /** Adds an answer for [fromUs, toUs); returns the first word of its entry. */
  add(
    vpc: number,
    address: Uint32Array,
    at: number,
    { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
    side: number,
    packed: number,
  ): number {
    if (2 * this.#length > this.#mask) this.#grow();
    const words = this.#words;
    let slot = this.#hash(address[at], address[at + 1], address[at + 2], address[at + 3], vpc) & this.#mask;
    while (words[(slot << 4) + 5] !== 0) slot = (slot + 1) & this.#mask;
    const entry = slot << 4;
    for (let i = 0; i < 4; i++) words[entry + i] = address[at + i];
    words[entry + 4] = vpc;
    words[entry + 5] = 1;
    words[entry + 6] = side;
    words[entry + 7] = packed;
    this.#times[(slot << 3) + 4] = fromUs;
    this.#times[(slot << 3) + 5] = toUs;
    this.#length++;
    return entry;
  }

  /** Forgets the answers of an address in a VPC: they hold at no time any more. */
  forget(vpc: number, address: Uint32Array): void {
    const [a, b, c, d] = address;
    const words = this.#words;
    for (let slot = this.#hash(a, b, c, d, vpc) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = slot << 4;
      if (words[entry + 5] === 0) return;
      const isSame = words[entry + 3] === d && words[entry + 2] === c && words[entry + 1] === b && words[entry] === a;
      if (isSame && words[entry + 4] === vpc) this.#times[(slot << 3) + 5] = Number.NEGATIVE_INFINITY;
    }
  }

  clear(): void {
    this.#allocate(1 << 10);
    this.#length = 0;
  }

  #hash(a: number, b: number, c: number, d: number, vpc: number): number {
    let hash = Math.imul(d ^ this.#seed, 0x9e37_79b1) ^ Math.imul(c + vpc, this.#spread);
    hash = Math.imul(hash ^ (hash >>> 15) ^ a, 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ b, 0xc2b2_ae35);
    return hash ^ (hash >>> 16);
  }

  #allocate(slots: number): void {
    const bytes = new ArrayBuffer(slots * 64);
    this.#words = new Uint32Array(bytes);
    this.#times = new Float64Array(bytes);
    this.#mask = slots - 1;
  }

  #grow(): void {
    const words = this.#words;
    const times = this.#times;
    const slots = this.#mask + 1;
    this.#allocate(2 * slots);
    this.#length = 0;
    for (let slot = 0; slot < slots; slot++) {
      const entry = slot << 4;
      const interval = { fromUs: times[(slot << 3) + 4], toUs: times[(slot << 3) + 5] };
      if (words[entry + 5] === 0 || interval.toUs === Number.NEGATIVE_INFINITY) continue;
      this.add(words[entry + 4], words, entry, interval, words[entry + 6], words[entry + 7]);
    }
  }
}
