import type { Direction } from '../direction.ts';
import { Random } from './random.ts';
import { bytesOf, type Turn } from './recorder.ts';

/** A part of a conversation as a parser will see it: of `bytes` on the wire the first `captured` were captured. */
export interface MutatedTurn {
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  readonly captured: number;
  /** Bytes that follow on the wire and were lost. */
  readonly lost: number;
  /** The segment is handed over in two pieces, cut here. */
  readonly cut: number;
}

const INTERESTING = [0, 1, 0x0a, 0x0d, 0x20, 0x2a, 0x30, 0x39, 0x3a, 0x7f, 0x80, 0xc0, 0xfe, 0xff];
/** Longest text that a mutation repeats, and how often: deep nesting and endless lists come from here. */
const MAX_UNIT = 32;
const MAX_REPEATS = 400;

/** Makes conversations out of recorded ones, the same ones for the same seed. */
export class Mutator {
  readonly #seeds: readonly (readonly Turn[])[];
  readonly #random: Random;

  constructor(seeds: readonly (readonly Turn[])[], seed: number) {
    this.#seeds = seeds;
    this.#random = new Random(seed);
  }

  /** An integer from 0 to below `limit`. */
  random(limit: number): number {
    return this.#random.below(limit);
  }

  /** Bytes changed, cut out, repeated; segments split, swapped, left out, lost, cut by the capture. */
  next(): MutatedTurn[] {
    const turns = this.#seeds[this.random(this.#seeds.length)].map((turn) => this.#turn(turn));
    if (this.random(4) === 0 && turns.length > 1) {
      const at = this.random(turns.length - 1);
      [turns[at], turns[at + 1]] = [turns[at + 1], turns[at]];
    }
    if (this.random(8) === 0 && turns.length > 1) turns.splice(0, this.random(turns.length)); // picked up in the middle
    return turns;
  }

  #turn({ direction, bytes }: Turn): MutatedTurn {
    const changed = this.#mutate(bytesOf(bytes));
    const captured = this.random(20) === 0 ? this.random(changed.length + 1) : changed.length;
    return {
      direction,
      bytes: changed,
      captured,
      lost: this.random(30) === 0 ? this.random(4000) : 0,
      cut: this.random(3) === 0 ? this.random(captured + 1) : captured,
    };
  }

  #mutate(original: Uint8Array): Uint8Array {
    let bytes = Uint8Array.from(original);
    for (let times = this.random(4); times > 0 && bytes.length > 0; times--) bytes = this.#change(bytes);
    return bytes;
  }

  #change(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const at = this.random(bytes.length);
    switch (this.random(8)) {
      case 0:
        bytes[at] ^= 1 << this.random(8);
        return bytes;
      case 1:
        bytes[at] = INTERESTING[this.random(INTERESTING.length)];
        return bytes;
      case 2:
        return bytes.slice(0, at);
      case 3:
        return joined(bytes.subarray(0, at), bytes.subarray(at + this.random(bytes.length - at)));
      case 4:
        return joined(bytes.subarray(0, at + this.random(Math.min(64, bytes.length - at))), bytes.subarray(at));
      case 5: {
        const unit = bytes.subarray(at, at + 1 + this.random(MAX_UNIT));
        return this.random(16) === 0
          ? joined(bytes.subarray(0, at), ...new Array(this.random(MAX_REPEATS)).fill(unit))
          : bytes;
      }
      case 6: // a length that promises the world
        for (let i = at; i < Math.min(bytes.length, at + 4); i++) bytes[i] = 0x7f | (this.random(2) << 7);
        return bytes;
      default:
        for (let i = at; i < Math.min(bytes.length, at + 4); i++) bytes[i] = this.random(256);
        return bytes;
    }
  }
}

const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(parts));
