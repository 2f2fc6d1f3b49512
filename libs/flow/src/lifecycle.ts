import { TCP } from '@flowloom/packet';
import { closeTypes, PERIODIC } from './close-type.ts';
import type { FlowChains } from './flow-chains.ts';
import { closeTypeOf } from './flow-end.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import type { Gaps } from './gaps.ts';
import * as f from './layout.ts';
import type { FlowMetrics } from './metrics.ts';
import type { ResolvedOptions } from './options.ts';
import type { RowWriter } from './row-writer.ts';
import { TcpState } from './tcp-state.ts';
import { tcpTimeoutsUs } from './timeouts.ts';
import { TimerWheel } from './timer-wheel.ts';
import { Rank, Usefulness } from './usefulness.ts';

const unknown = closeTypes.indexOf('unknown');
const second = 1_000_000;
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
  readonly #f64: Float64Array;
  readonly #chains: FlowChains;
  readonly #gaps: Gaps;
  readonly #writer: RowWriter;
  readonly #metrics: FlowMetrics;
  readonly #review: (slot: number) => void;
  readonly #onEnd: (slot: number) => void;
  readonly #wheel: TimerWheel;
  readonly #usefulness: Usefulness;
  readonly #tcpTimeoutUs: Float64Array;
  readonly #otherTimeoutUs: number;
  readonly #lingerUs: number;
  readonly #dirty: Uint32Array;
  #dirtyCount = 0;
  /** The clock: the latest tick, or first packet. */
  #nowUs = -1;

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
    this.#f64 = memory.f64;
    this.#chains = chains;
    this.#gaps = gaps;
    this.#writer = writer;
    this.#metrics = metrics;
    this.#review = review;
    this.#onEnd = options.onEnd;
    this.#wheel = new TimerWheel(memory);
    this.#usefulness = new Usefulness(memory);
    this.#tcpTimeoutUs = tcpTimeoutsUs(options.timeouts);
    this.#otherTimeoutUs = options.timeouts.otherMs * 1000;
    this.#lingerUs = options.timeouts.lingerMs * 1000;
    this.#dirty = new Uint32Array(Math.max(memory.capacity, 1024));
  }

  /** Takes a new record into account. */
  begin(slot: number, nowUs: number): void {
    if (this.#nowUs < 0) this.#start(nowUs);
    this.#wheel.init(slot);
    this.#usefulness.add(slot, Rank.opening);
    this.#wheel.scheduleBy(slot, this.#secondAfter(Math.max(nowUs, this.#nowUs) + this.#timeoutUs(slot)));
  }

  /** A packet came for a flow that had nothing to report. */
  touch(slot: number, packetUs: number): void {
    const base = baseOf(slot);
    const flags = this.#u32[base + f.FLAGS];
    if (this.#dirtyCount === this.#dirty.length) this.#writeDirty();
    this.#dirty[this.#dirtyCount++] = slot;
    this.#u32[base + f.FLAGS] = (flags | f.DIRTY) & ~f.ENDED;
    this.#u32[base + f.SEEN_SECOND] = Math.floor(this.#nowUs / second);
    this.#f64[(base + f.ROW_START) >> 1] = packetUs;
    if ((flags & f.ENDED) === 0) return;
    this.#metrics.revived++;
    this.#usefulness.move(slot, Rank.closing);
    this.#wheel.scheduleBy(slot, this.#secondAfter(Math.max(packetUs, this.#nowUs) + this.#timeoutUs(slot)));
  }

  /** The TCP state of a flow has changed. */
  enter(slot: number, state: number, nowUs: number): void {
    if (state === TcpState.established)
      this.#usefulness.move(slot, this.#isAnswered(slot) ? Rank.established : Rank.opening);
    else if (state > TcpState.established && state < TcpState.syn1) this.#usefulness.move(slot, Rank.closing);
    const due = this.#secondAfter(Math.max(nowUs, this.#nowUs) + this.#tcpTimeoutUs[state]);
    if (state !== TcpState.closed) this.#wheel.scheduleBy(slot, due);
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
    this.#end(slot, closeTypeOf(this.#memory, slot));
    this.#forget(slot);
  }

  /** Makes room for a flow by ending the least useful one. */
  evict(): void {
    const slot = this.#usefulness.least(this.#nowUs);
    const rank = this.#u32[baseOf(slot) + f.RANK];
    this.#metrics.evicted[rank]++;
    const isOpen = rank === Rank.established || rank === Rank.other;
    if (rank !== Rank.ended) this.#end(slot, isOpen ? unknown : closeTypeOf(this.#memory, slot));
    this.#forget(slot);
  }

  /** Writes a row of every flow that had packets, ends what is silent too long, and hands the rows on. */
  tick(nowUs: number): void {
    if (this.#nowUs < 0) this.#start(nowUs);
    this.#nowUs = Math.max(nowUs, this.#nowUs);
    this.#wheel.advance(Math.floor(this.#nowUs / second), this.#due);
    this.#writeDirty();
    this.#writer.flush();
  }

  /** End of input: every flow ends as its state says; open ones stay `periodic`. */
  flush(): void {
    for (;;) {
      const slot = this.#usefulness.least(Number.POSITIVE_INFINITY);
      if (slot === 0) break;
      const base = baseOf(slot);
      const flags = this.#u32[base + f.FLAGS];
      const isOpen = (this.#u32[base + f.META] & 255) === TCP && this.#u32[base + f.STATE] === TcpState.established;
      if ((flags & f.ENDED) === 0) this.#end(slot, isOpen ? PERIODIC : closeTypeOf(this.#memory, slot));
      this.#forget(slot);
    }
    this.#dirtyCount = 0;
    this.#writer.flush();
  }

  #start(nowUs: number): void {
    this.#nowUs = nowUs;
    this.#wheel.start(Math.floor(nowUs / second));
  }

  readonly #due = (slot: number): void => {
    const base = baseOf(slot);
    const ended = (this.#u32[base + f.FLAGS] & f.ENDED) !== 0;
    const seen = Math.max(this.#f64[(base + f.LAST) >> 1], this.#u32[base + f.SEEN_SECOND] * second);
    const deadline = seen + (ended ? this.#lingerUs : this.#timeoutUs(slot));
    if (deadline > this.#nowUs) this.#wheel.scheduleBy(slot, this.#secondAfter(deadline));
    else if (ended) this.#forget(slot);
    else {
      this.#end(slot, closeTypeOf(this.#memory, slot));
      this.#linger(slot);
    }
  };

  #writeDirty(): void {
    for (let i = 0; i < this.#dirtyCount; i++) {
      if (i % lookAhead === 0) this.#memory.touch(this.#dirty, i, Math.min(i + lookAhead, this.#dirtyCount));
      const slot = this.#dirty[i];
      const base = baseOf(slot);
      if ((this.#u32[base + f.FLAGS] & f.DIRTY) === 0) continue;
      if (this.#u32[base + f.STATE] === TcpState.closed) {
        this.#end(slot, closeTypeOf(this.#memory, slot));
        this.#linger(slot);
      } else {
        this.#review(slot);
        this.#write(slot, PERIODIC);
      }
    }
    this.#dirtyCount = 0;
  }

  #end(slot: number, closeType: number): void {
    this.#onEnd(slot);
    this.#review(slot);
    this.#write(slot, closeType);
    this.#u32[baseOf(slot) + f.FLAGS] |= f.ENDED;
    this.#metrics.flowsEnded[closeType]++;
  }

  /** A connection keeps its identity for a while: a late segment is no new flow. */
  #linger(slot: number): void {
    const base = baseOf(slot);
    if (this.#u32[base + f.STATE] === TcpState.raw) {
      this.#forget(slot);
      return;
    }
    this.#usefulness.move(slot, Rank.ended);
    this.#wheel.scheduleBy(slot, this.#secondAfter(this.#f64[(base + f.LAST) >> 1] + this.#lingerUs));
  }

  #write(slot: number, closeType: number): void {
    this.#writer.write(slot, closeType);
    const u32 = this.#u32;
    const base = baseOf(slot);
    u32.fill(0, base + f.SRT, base + f.SRT + f.DELAYS_OF_ROW);
    u32.fill(0, base + f.COUNTERS, base + f.COUNTERS_END);
    for (let i = 0; i < 2; i++) {
      const side = base + f.SIDES + i * f.SIDE_WORDS;
      const aside = base + f.ASIDES + i * f.ASIDE_WORDS;
      u32[aside + f.TOTAL_PACKETS] += u32[side + f.PACKETS];
      for (let word = 0; word < f.COUNTERS_OF_SIDE; word++) u32[side + word] = 0;
      for (let word = 0; word < f.COUNTERS_OF_ASIDE; word++) u32[aside + word] = 0;
    }
    u32[base + f.FLAGS] = (u32[base + f.FLAGS] & ~(f.DIRTY | f.MUST_REVERSE)) | f.REPORTED;
  }

  #forget(slot: number): void {
    const base = baseOf(slot);
    this.#wheel.cancel(slot);
    this.#usefulness.remove(slot);
    this.#gaps.clear(this.#u32[base + f.SIDES + f.GAPS]);
    this.#gaps.clear(this.#u32[base + f.SIDES + f.SIDE_WORDS + f.GAPS]);
    this.#chains.remove(slot);
  }

  /** Both sides have sent packets. */
  #isAnswered(slot: number): boolean {
    return (this.#u32[baseOf(slot) + f.FLAGS] & f.HAS_SENT_BOTH) === f.HAS_SENT_BOTH;
  }

  #timeoutUs(slot: number): number {
    const base = baseOf(slot);
    return (this.#u32[base + f.META] & 255) === TCP
      ? this.#tcpTimeoutUs[this.#u32[base + f.STATE]]
      : this.#otherTimeoutUs;
  }

  #secondAfter(us: number): number {
    return Math.ceil(us / second);
  }
}
