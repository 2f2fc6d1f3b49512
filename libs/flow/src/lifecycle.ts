import { TCP } from '@flowloom/packet';
import { closeTypes, PERIODIC } from './close-type.ts';
import { Expiry } from './expiry.ts';
import type { FlowChains } from './flow-chains.ts';
import { closeTypeOf } from './flow-end.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import type { Gaps } from './gaps.ts';
import * as f from './layout.ts';
import type { FlowMetrics } from './metrics.ts';
import type { ResolvedOptions } from './options.ts';
import type { RowWriter } from './row-writer.ts';
import { TcpState } from './tcp-state.ts';
import { Rank, Usefulness } from './usefulness.ts';

const unknown = closeTypes.indexOf('unknown');
/** Records that are fetched from memory together. */
const lookAhead = 8;

/**
 * From a flow's first packet to its end:
 *
 *     packet -> dirty -> row at the next tick -> ... -> silent for its time-out -> last row, ended
 *                                                                                   |        |
 *                              connections: identity lingers, packets revive it <        > others: forgotten
 *
 * A tick costs what changed since the last one and what is due, whatever the number of flows.
 */
export class Lifecycle {
  readonly #memory: FlowMemory;
  readonly #u32: Uint32Array;
  readonly #chains: FlowChains;
  readonly #gaps: Gaps;
  readonly #writer: RowWriter;
  readonly #metrics: FlowMetrics;
  readonly #review: (slot: number) => void;
  readonly #onEnd: (slot: number) => void;
  readonly #expiry: Expiry;
  readonly #usefulness: Usefulness;
  readonly #dirty: Uint32Array;
  #dirtyCount = 0;

  /** `review` is called with every flow that is about to be written. */
  constructor(
    memory: FlowMemory,
    chains: FlowChains,
    gaps: Gaps,
    writer: RowWriter,
    metrics: FlowMetrics,
    options: ResolvedOptions,
    review: (slot: number) => void,
  ) {
    this.#memory = memory;
    this.#u32 = memory.u32;
    this.#chains = chains;
    this.#gaps = gaps;
    this.#writer = writer;
    this.#metrics = metrics;
    this.#review = review;
    this.#onEnd = options.onEnd;
    this.#expiry = new Expiry(memory, options.timeouts);
    this.#usefulness = new Usefulness(memory);
    this.#dirty = new Uint32Array(Math.max(memory.capacity, 1024));
  }

  /** Takes a new record into account. */
  begin(slot: number, packetUs: number): void {
    if (this.#expiry.nowUs < 0) this.#expiry.start(packetUs);
    this.#expiry.begin(slot, packetUs);
    this.#usefulness.add(slot, Rank.opening);
  }

  /** A packet came for a flow that had nothing to report. */
  touch(slot: number, packetUs: number): void {
    const base = baseOf(slot);
    const flags = this.#u32[base + f.FLAGS];
    if (this.#dirtyCount === this.#dirty.length) this.#writeDirty();
    this.#dirty[this.#dirtyCount++] = slot;
    this.#u32[base + f.FLAGS] = (flags | f.DIRTY) & ~f.ENDED;
    this.#u32[base + f.SEEN_SECOND] = this.#expiry.second;
    this.#memory.f64[(base + f.ROW_START) >> 1] = packetUs;
    if ((flags & f.ENDED) === 0) return;
    this.#metrics.revived++;
    this.#usefulness.move(slot, Rank.closing);
    this.#expiry.watch(slot, packetUs);
  }

  /** The TCP state of a flow has changed. */
  enter(slot: number, state: number, packetUs: number): void {
    if (state === TcpState.established) {
      this.#usefulness.move(slot, this.#isAnswered(slot) ? Rank.established : Rank.opening);
    } else if (state > TcpState.established && state < TcpState.syn1) this.#usefulness.move(slot, Rank.closing);
    // A closed flow ends with the next tick anyway.
    if (state !== TcpState.closed) this.#expiry.watch(slot, packetUs);
  }

  /** The first packet of this side of the flow came. */
  firstOf(slot: number, side: number): void {
    const base = baseOf(slot);
    this.#u32[base + f.FLAGS] |= f.HAS_SENT << side;
    if (!this.#isAnswered(slot)) return;
    if ((this.#u32[base + f.META] & 255) !== TCP) this.#usefulness.move(slot, Rank.other);
    else if (this.#u32[base + f.STATE] === TcpState.established) this.#usefulness.move(slot, Rank.established);
  }

  /** Ends a flow now and forgets it. */
  replace(slot: number): void {
    if ((this.#u32[baseOf(slot) + f.FLAGS] & f.ENDED) === 0) this.#end(slot, closeTypeOf(this.#memory, slot));
    this.#forget(slot);
  }

  /** Makes room for a flow by ending the least useful one. */
  evict(): void {
    const slot = this.#usefulness.least(this.#expiry.nowUs);
    const rank = this.#u32[baseOf(slot) + f.RANK];
    this.#metrics.evicted[rank]++;
    const isOpen = rank === Rank.established || rank === Rank.other;
    if (rank !== Rank.ended) this.#end(slot, isOpen ? unknown : closeTypeOf(this.#memory, slot));
    this.#forget(slot);
  }

  /** Writes a row of every flow that had packets, ends what is silent too long, and hands the rows on. */
  tick(nowUs: number): void {
    if (this.#expiry.nowUs < 0) this.#expiry.start(nowUs);
    this.#expiry.advance(nowUs, this.#due);
    this.#writeDirty();
    this.#writer.flush();
  }

  /** End of input: every flow ends as its state says; open ones stay `periodic`. */
  flush(): void {
    for (;;) {
      const slot = this.#usefulness.least(Number.POSITIVE_INFINITY);
      if (slot === 0) break;
      const base = baseOf(slot);
      const isOpen = (this.#u32[base + f.META] & 255) === TCP && this.#u32[base + f.STATE] === TcpState.established;
      if ((this.#u32[base + f.FLAGS] & f.ENDED) === 0) {
        this.#end(slot, isOpen ? PERIODIC : closeTypeOf(this.#memory, slot));
      }
      this.#forget(slot);
    }
    this.#dirtyCount = 0;
    this.#writer.flush();
  }

  readonly #due = (slot: number): void => {
    if ((this.#u32[baseOf(slot) + f.FLAGS] & f.ENDED) !== 0) this.#forget(slot);
    else this.#endAndLinger(slot);
  };

  #writeDirty(): void {
    for (let i = 0; i < this.#dirtyCount; i++) {
      if (i % lookAhead === 0) this.#memory.touch(this.#dirty, i, Math.min(i + lookAhead, this.#dirtyCount));
      const slot = this.#dirty[i];
      const base = baseOf(slot);
      if ((this.#u32[base + f.FLAGS] & f.DIRTY) === 0) continue;
      if (this.#u32[base + f.STATE] === TcpState.closed) this.#endAndLinger(slot);
      else this.#write(slot, PERIODIC);
    }
    this.#dirtyCount = 0;
  }

  /** A connection keeps its identity for a while: a late segment is no new flow. */
  #endAndLinger(slot: number): void {
    this.#end(slot, closeTypeOf(this.#memory, slot));
    if (this.#u32[baseOf(slot) + f.STATE] === TcpState.raw) this.#forget(slot);
    else {
      this.#usefulness.move(slot, Rank.ended);
      this.#expiry.linger(slot);
    }
  }

  #end(slot: number, closeType: number): void {
    this.#onEnd(slot);
    this.#write(slot, closeType);
    this.#u32[baseOf(slot) + f.FLAGS] |= f.ENDED;
    this.#metrics.flowsEnded[closeType]++;
  }

  #write(slot: number, closeType: number): void {
    this.#review(slot);
    this.#writer.write(slot, closeType);
    this.#memory.beginRow(slot);
  }

  #forget(slot: number): void {
    const sides = baseOf(slot) + f.SIDES;
    this.#expiry.forget(slot);
    this.#usefulness.remove(slot);
    this.#gaps.clear(this.#u32[sides + f.GAPS]);
    this.#gaps.clear(this.#u32[sides + f.SIDE_WORDS + f.GAPS]);
    this.#chains.remove(slot);
  }

  /** Both sides have sent packets. */
  #isAnswered(slot: number): boolean {
    return (this.#u32[baseOf(slot) + f.FLAGS] & f.HAS_SENT_BOTH) === f.HAS_SENT_BOTH;
  }
}
