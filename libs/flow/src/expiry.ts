import { TCP } from '@flowloom/packet';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import { type FlowTimeouts, tcpTimeoutsUs } from './timeouts.ts';
import { TimerWheel } from './timer-wheel.ts';

const second = 1_000_000;

/** Knows the clock of the table, and which flows have been silent too long. */
export class Expiry {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #wheel: TimerWheel;
  readonly #tcpTimeoutUs: Float64Array;
  readonly #otherTimeoutUs: number;
  readonly #lingerUs: number;
  /** The clock, µs: the latest packet or tick that was seen; -1 before the first. Never runs back. */
  nowUs = -1;

  constructor(memory: FlowMemory, timeouts: FlowTimeouts) {
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#wheel = new TimerWheel(memory);
    this.#tcpTimeoutUs = tcpTimeoutsUs(timeouts);
    this.#otherTimeoutUs = timeouts.otherMs * 1000;
    this.#lingerUs = timeouts.lingerMs * 1000;
  }

  /** Second of the clock. */
  get second(): number {
    return Math.floor(this.nowUs / second);
  }

  start(nowUs: number): void {
    this.nowUs = nowUs;
    this.#wheel.start(this.second);
  }

  /** A new flow. */
  begin(slot: number, packetUs: number): void {
    this.#wheel.init(slot);
    this.watch(slot, packetUs);
  }

  /** The flow had a packet at that time, and its time-out may be shorter than before. */
  watch(slot: number, packetUs: number): void {
    this.#schedule(slot, Math.max(packetUs, this.nowUs) + this.#timeoutUs(slot));
  }

  /** The flow has ended, and will be forgotten after a while. */
  linger(slot: number): void {
    this.#schedule(slot, this.#f64[(baseOf(slot) + f.LAST) >> 1] + this.#lingerUs);
  }

  forget(slot: number): void {
    this.#wheel.cancel(slot);
  }

  /** Turns the clock, and hands out every flow whose time is over. */
  advance(nowUs: number, due: (slot: number) => void): void {
    this.nowUs = Math.max(nowUs, this.nowUs);
    this.#wheel.advance(this.second, (slot) => {
      const deadline = this.#deadlineUs(slot);
      if (deadline > this.nowUs) this.#schedule(slot, deadline);
      else due(slot);
    });
  }

  #deadlineUs(slot: number): number {
    const base = baseOf(slot);
    const ended = (this.#u32[base + f.FLAGS] & f.ENDED) !== 0;
    const seen = Math.max(this.#f64[(base + f.LAST) >> 1], this.#u32[base + f.SEEN_SECOND] * second);
    return seen + (ended ? this.#lingerUs : this.#timeoutUs(slot));
  }

  #timeoutUs(slot: number): number {
    const base = baseOf(slot);
    const isTcp = (this.#u32[base + f.META] & 255) === TCP;
    return isTcp ? this.#tcpTimeoutUs[this.#u32[base + f.STATE]] : this.#otherTimeoutUs;
  }

  #schedule(slot: number, us: number): void {
    this.#wheel.scheduleBy(slot, Math.ceil(us / second));
  }
}
