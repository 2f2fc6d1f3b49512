import type { FlowKey } from './flow-key.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import { BUCKET, CHAIN, FLOW_WORDS, LAST, META, SIDE_WORDS, SIDES } from './layout.ts';

/** Keys that `lookAhead` takes at once. */
export const LOOK_AHEAD = 16;

/** The hash table: buckets of chained records, and the list of free ones. Never grows. */
export class FlowChains {
  readonly #u32: Uint32Array;
  readonly #heads: Uint32Array;
  readonly #mask: number;
  readonly #capacity: number;
  readonly #ahead = new Uint32Array(LOOK_AHEAD);
  #free = 0;
  #highest = 0;
  /** Records in use. */
  size = 0;

  constructor(memory: FlowMemory) {
    this.#u32 = memory.u32;
    this.#capacity = memory.capacity;
    const buckets = 2 ** Math.ceil(Math.log2(memory.capacity * 1.5));
    this.#heads = new Uint32Array(buckets);
    this.#mask = buckets - 1;
  }

  /** The flow of a key; 0 where there is none. */
  find(key: FlowKey): number {
    const u32 = this.#u32;
    let slot = this.#heads[key.hash & this.#mask];
    while (slot !== 0) {
      const base = baseOf(slot);
      if (key.matches(u32, base)) return slot;
      slot = u32[base + CHAIN];
    }
    return 0;
  }

  /**
   * Reads what `find` and the account of these keys' packets will read, so that the waits for memory overlap: first all
   * buckets, then the first record of each chain, then the lines of the records that match which a segment in order needs.
   * Returns a number that only keeps the loads from being left out.
   */
  lookAhead(keys: readonly FlowKey[], count: number): number {
    const u32 = this.#u32;
    const slots = this.#ahead;
    for (let i = 0; i < count; i++) slots[i] = this.#heads[keys[i].hash & this.#mask];
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= u32[baseOf(slots[i]) + CHAIN];
    for (let i = 0; i < count; i++) {
      const base = baseOf(slots[i]);
      if (slots[i] !== 0 && !keys[i].matches(u32, base)) slots[i] = u32[base + CHAIN];
    }
    for (let i = 0; i < count; i++) {
      const base = baseOf(slots[i]);
      sum ^= u32[base + LAST] ^ u32[base + SIDES] ^ u32[base + SIDES + SIDE_WORDS];
    }
    return sum;
  }

  /** A zeroed record in the chain of the key; 0 where the table is full. */
  insert(key: FlowKey): number {
    let slot = this.#free;
    const u32 = this.#u32;
    if (slot !== 0) {
      this.#free = u32[baseOf(slot) + CHAIN];
      u32.fill(0, baseOf(slot), baseOf(slot) + FLOW_WORDS);
    } else if (this.#highest < this.#capacity) slot = ++this.#highest;
    else return 0;
    const bucket = key.hash & this.#mask;
    const base = baseOf(slot);
    u32[base + BUCKET] = bucket;
    u32[base + CHAIN] = this.#heads[bucket];
    this.#heads[bucket] = slot;
    this.size++;
    return slot;
  }

  remove(slot: number): void {
    const u32 = this.#u32;
    const base = baseOf(slot);
    const bucket = u32[base + BUCKET];
    let at = this.#heads[bucket];
    if (at === slot) this.#heads[bucket] = u32[base + CHAIN];
    else {
      while (u32[baseOf(at) + CHAIN] !== slot) at = u32[baseOf(at) + CHAIN];
      u32[baseOf(at) + CHAIN] = u32[base + CHAIN];
    }
    u32[base + META] = 0; // no flow any more, for those who kept its slot
    u32[base + CHAIN] = this.#free;
    this.#free = slot;
    this.size--;
  }
}
