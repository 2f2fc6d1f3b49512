/** A source of pseudo-random numbers: the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let i = 0;
    for (; i + 4 <= length; i += 4) bytes.writeUInt32LE(this.below(0xffff_ffff), i);
    for (; i < length; i++) bytes[i] = this.below(256);
    return bytes;
  }
}
