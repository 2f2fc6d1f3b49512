import type { Seed } from './corpus.ts';

const INTERESTING = [0x00, 0x01, 0x04, 0x06, 0x11, 0x2f, 0x40, 0x45, 0x60, 0x7f, 0x80, 0xfe, 0xff];

/** Makes frames out of others, the same ones for the same seed number. */
export class Mutator {
  /** The frame made last: valid up to `length`. */
  readonly bytes: Uint8Array;
  length = 0;
  captured = 0;
  linkType = 0;
  readonly #seeds: readonly Seed[];
  #state: number;

  constructor(seeds: readonly Seed[], maxFrameBytes: number, seed: number) {
    this.#seeds = seeds;
    this.bytes = new Uint8Array(maxFrameBytes);
    this.#state = seed >>> 0;
  }

  /** Integer from 0 to below `limit` (mulberry32). */
  random(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  next(): void {
    const seed = this.#seeds[this.random(this.#seeds.length)];
    this.length = Math.min(seed.bytes.length, this.bytes.length);
    for (let i = 0; i < this.length; i++) this.bytes[i] = seed.bytes[i];
    this.linkType = this.random(64) === 0 ? this.random(300) : seed.linkType;
    for (let changes = this.random(6); changes > 0 && this.length > 0; changes--) this.#change();
    this.captured = this.random(4) === 0 ? this.random(this.length + 1) : this.length;
  }

  #change(): void {
    const at = this.random(this.length);
    switch (this.random(5)) {
      case 0:
        this.bytes[at] = this.random(256);
        break;
      case 1:
        this.bytes[at] ^= 1 << this.random(8);
        break;
      case 2:
        this.bytes[at] = INTERESTING[this.random(INTERESTING.length)];
        break;
      case 3:
        this.#splice(at);
        break;
      default:
        this.length = Math.min(this.bytes.length, this.length + this.random(64));
    }
  }

  /** The rest from the middle of another seed. */
  #splice(at: number): void {
    const { bytes } = this.#seeds[this.random(this.#seeds.length)];
    let from = this.random(bytes.length);
    let to = at;
    while (to < this.bytes.length && from < bytes.length) this.bytes[to++] = bytes[from++];
    this.length = to;
  }
}
