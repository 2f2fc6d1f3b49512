import { baseOf, type FlowMemory } from './flow-memory.ts';
import { LAST, RANK, RANK_NEXT, RANK_PREVIOUS } from './layout.ts';

/** How much would be lost with a flow, least first. */
export const Rank = { ended: 0, opening: 1, closing: 2, other: 3, established: 4 } as const;
export type Rank = (typeof Rank)[keyof typeof Rank];
export const ranks = ['ended', 'opening', 'closing', 'other', 'established'] as const;

/** Flows that are spared in a row because they had packets lately. */
const maxSpared = 16;

/**
 * Which flow goes when the table is full: the oldest of the least useful rank that has any. So a SYN flood pushes out its own
 * half-open flows, never an established one. Among flows of the two highest ranks those that had a packet in the last
 * second are spared a few times (the clock algorithm).
 */
export class Usefulness {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #oldest = new Uint32Array(ranks.length);
  readonly #newest = new Uint32Array(ranks.length);

  constructor(memory: FlowMemory) {
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
  }

  add(slot: number, rank: Rank): void {
    const u32 = this.#u32;
    const base = baseOf(slot);
    const last = this.#newest[rank];
    u32[base + RANK] = rank;
    u32[base + RANK_PREVIOUS] = last;
    u32[base + RANK_NEXT] = 0;
    if (last === 0) this.#oldest[rank] = slot;
    else u32[baseOf(last) + RANK_NEXT] = slot;
    this.#newest[rank] = slot;
  }

  remove(slot: number): void {
    const u32 = this.#u32;
    const base = baseOf(slot);
    const rank = u32[base + RANK];
    const previous = u32[base + RANK_PREVIOUS];
    const next = u32[base + RANK_NEXT];
    if (previous === 0) this.#oldest[rank] = next;
    else u32[baseOf(previous) + RANK_NEXT] = next;
    if (next === 0) this.#newest[rank] = previous;
    else u32[baseOf(next) + RANK_PREVIOUS] = previous;
  }

  move(slot: number, rank: Rank): void {
    if (this.#u32[baseOf(slot) + RANK] === rank) return;
    this.remove(slot);
    this.add(slot, rank);
  }

  /** The flow that should go first; 0 where there is none. */
  least(nowUs: number): number {
    for (let rank: number = Rank.ended; rank < Rank.other; rank++) {
      if (this.#oldest[rank] !== 0) return this.#oldest[rank];
    }
    const rank = this.#oldest[Rank.other] !== 0 ? Rank.other : Rank.established;
    for (let spared = 0; spared < maxSpared; spared++) {
      const slot = this.#oldest[rank];
      if (slot === 0 || this.#f64[(baseOf(slot) + LAST) >> 1] < nowUs - 1e6) break;
      this.remove(slot);
      this.add(slot, rank);
    }
    return this.#oldest[rank];
  }
}
