import type { FlowMemory } from './flow-memory.ts';
import { baseOf } from './flow-memory.ts';
import { WHEEL_BUCKET, WHEEL_NEXT, WHEEL_PREVIOUS } from './layout.ts';

/** Seconds that the wheel spans; what is due later is looked at once in between. */
const span = 1024;
const none = 0xffff_ffff;

/**
 * When to look at which flow: lists of flows by the second in which they may have expired. A flow is not moved when it
 * gets a packet; whoever looks at it in vain schedules it again. So a packet costs nothing here, and a second costs only
 * what is due in it.
 */
export class TimerWheel {
  readonly #u32: Uint32Array;
  readonly #heads = new Uint32Array(span);
  /** The last second that was looked at. */
  #now: number;

  constructor(memory: FlowMemory, second = 0) {
    this.#u32 = memory.u32;
    this.#now = second;
  }

  /** Sets the clock where nothing is scheduled yet. */
  start(second: number): void {
    this.#now = second;
  }

  /** Marks a new record as not scheduled. */
  init(slot: number): void {
    this.#u32[baseOf(slot) + WHEEL_BUCKET] = none;
  }

  /** Has the flow looked at in this second, unless that was already to happen earlier. */
  scheduleBy(slot: number, second: number): void {
    const u32 = this.#u32;
    const bucket = u32[baseOf(slot) + WHEEL_BUCKET];
    if (bucket !== none) {
      const planned = this.#now + 1 + ((bucket - (this.#now + 1)) & (span - 1));
      if (planned <= second) return;
      this.cancel(slot);
    }
    this.#insert(slot, second);
  }

  cancel(slot: number): void {
    const u32 = this.#u32;
    const base = baseOf(slot);
    const bucket = u32[base + WHEEL_BUCKET];
    if (bucket === none) return;
    const previous = u32[base + WHEEL_PREVIOUS];
    const next = u32[base + WHEEL_NEXT];
    if (previous === 0) this.#heads[bucket] = next;
    else u32[baseOf(previous) + WHEEL_NEXT] = next;
    if (next !== 0) u32[baseOf(next) + WHEEL_PREVIOUS] = previous;
    u32[base + WHEEL_BUCKET] = none;
  }

  /** Turns to `second`, and hands out every flow that was due up to then. `due` may schedule flows, also the same one. */
  advance(second: number, due: (slot: number) => void): void {
    let from = this.#now + 1;
    if (second < from) return;
    if (second - from >= span) from = second - span + 1;
    this.#now = second;
    for (let s = from; s <= second; s++) this.#empty(s & (span - 1), due);
  }

  #empty(bucket: number, due: (slot: number) => void): void {
    let slot = this.#heads[bucket];
    this.#heads[bucket] = 0;
    while (slot !== 0) {
      const base = baseOf(slot);
      const next = this.#u32[base + WHEEL_NEXT];
      this.#u32[base + WHEEL_BUCKET] = none;
      if (next !== 0) this.#u32[baseOf(next) + WHEEL_PREVIOUS] = 0;
      due(slot);
      slot = next;
    }
  }

  #insert(slot: number, second: number): void {
    const first = this.#now + 1;
    const bucket = Math.min(Math.max(second, first), first + span - 1) & (span - 1);
    const u32 = this.#u32;
    const base = baseOf(slot);
    const head = this.#heads[bucket];
    u32[base + WHEEL_BUCKET] = bucket;
    u32[base + WHEEL_PREVIOUS] = 0;
    u32[base + WHEEL_NEXT] = head;
    if (head !== 0) u32[baseOf(head) + WHEEL_PREVIOUS] = slot;
    this.#heads[bucket] = slot;
  }
}
