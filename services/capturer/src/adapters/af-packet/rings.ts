import { isDeepStrictEqual } from 'node:util';
import type { FrameSink, NetworkInterface } from '../../core/packet-source.ts';
import { EbpfError } from '../ebpf/libbpf.ts';
import { LoopbackRing } from '../ebpf/loopback-ring.ts';
import { type Libc, SystemCallError } from '../libc.ts';
import type { FilterOptions, OwnConnection } from './capture-filter.ts';
import type { FrameRing } from './frame-ring.ts';
import { Ring, type RingOptions } from './ring.ts';
import { planRings, type RingPlan } from './ring-plan.ts';

export interface RingsOptions extends RingOptions {
  /** Names of interfaces, or `any`. */
  readonly interfaces: readonly string[];
  /** Whether an eBPF program may take frames where it is cheaper. */
  readonly ebpf: boolean;
  /** Joins this fanout group: every member gets a share of the flows. */
  readonly fanoutGroup?: number;
}

interface Place {
  readonly ring: FrameRing;
  readonly filter: FilterOptions;
  /** When its interface was found gone: what it has captured is read before it is closed. */
  goneMs?: number;
}

const mostOwn = 8;
const fewestBlocks = 4;
/** It is looked at before it is full, and the kernel maps it twice. */
const mostLoopbackBytes = 1 << 24;
/** Longer than it takes until the kernel hands a block over. */
const restMs = 500;
/** A block may be handed over so much later than its time is over. */
export const graceMs = 20;
/** Between two looks at a ring that fills fast and cannot be waited for. */
const fillingWaitMs = 2;
/** The key of the ring of all interfaces that have none of their own. */
const rest = 'rest';

/** The rings of a capture: one for each interface, and where there are many, one for all. They share the memory of the options. */
export class Rings {
  readonly #libc: Libc;
  readonly #options: RingsOptions;
  readonly #mostOwn: number;
  readonly #places = new Map<string, Place>();
  #plan: RingPlan | undefined;
  /** Of the rings that are closed. */
  #received = 0;
  #dropped = 0;

  constructor(libc: Libc, options: RingsOptions) {
    this.#libc = libc;
    this.#options = options;
    const { fanoutGroup, blocks } = options;
    this.#mostOwn = fanoutGroup === undefined ? Math.min(mostOwn, Math.floor(blocks / fewestBlocks)) : 0;
  }

  /**
   * Captures so much of each frame of the chosen ones of these interfaces, without these connections. Throws a `SystemCallError`.
   *
   * @param ofLoopback what is different where loopback has a ring of its own
   */
  follow(
    now: readonly NetworkInterface[],
    own: readonly OwnConnection[],
    snaplen: number,
    ofLoopback: Partial<FilterOptions> = {},
  ): void {
    const plan = planRings(now, this.#options.interfaces, this.#mostOwn, this.#plan);
    this.#plan = plan;
    const sharers = plan.own.length + (plan.rest === undefined ? 0 : 1);
    const kept = new Set<string>();
    const capture = (key: string, index: number, filter: FilterOptions) => {
      kept.add(key);
      const place = this.#places.get(key);
      if (place === undefined) {
        const ring = this.#open(index, filter, sharers);
        if (ring !== undefined) this.#places.set(key, { ring, filter });
      } else if (place.goneMs !== undefined || !isDeepStrictEqual(place.filter, filter)) {
        place.ring.setFilter(filter);
        this.#places.set(key, { ring: place.ring, filter });
      }
    };
    const loopback = now.find(({ name }) => name === 'lo')?.index;
    for (const { index, name } of plan.own) {
      const isLoopback = index === loopback;
      const only = isLoopback ? { loopback, ...ofLoopback } : { loopback: undefined };
      capture(`${index} ${name}`, index, { snaplen, own, ...only });
    }
    if (plan.rest !== undefined) capture(rest, 0, { snaplen, own, loopback, ...plan.rest });
    this.#leave(kept);
  }

  /** @param index of the interface, 0 for all. Returns undefined where it has gone meanwhile. */
  #open(index: number, filter: FilterOptions, sharers: number): FrameRing | undefined {
    const { blocks, ebpf } = this.#options;
    const share = Math.max(Math.floor(blocks / sharers), fewestBlocks);
    const isLoopback = index !== 0 && index === filter.loopback;
    return (isLoopback && ebpf && this.#openLoopback(index, filter, share)) || this.#openPackets(index, filter, share);
  }

  /** Undefined where the kernel, or what we may do, is not enough for it. */
  #openLoopback(index: number, filter: FilterOptions, blocks: number): LoopbackRing | undefined {
    try {
      return new LoopbackRing(
        this.#libc,
        index,
        Math.min(blocks * this.#options.blockBytes, mostLoopbackBytes),
        filter,
      );
    } catch (error) {
      if (error instanceof EbpfError || error instanceof SystemCallError) return undefined;
      throw error;
    }
  }

  #openPackets(index: number, filter: FilterOptions, blocks: number): Ring | undefined {
    const ring = new Ring(this.#libc, { ...this.#options, blocks });
    try {
      ring.setFilter(filter);
      if (index !== 0 && index === filter.loopback) ring.ignoreOutgoing();
      ring.start(index, this.#options.fanoutGroup);
    } catch (error) {
      ring.close();
      if (error instanceof SystemCallError && error.code === 'ENODEV') return undefined;
      throw error;
    }
    return ring;
  }

  /** Stops what is not kept, and closes what was stopped long enough ago. */
  #leave(kept: ReadonlySet<string>): void {
    const nowMs = performance.now();
    for (const [key, place] of this.#places) {
      if (kept.has(key)) continue;
      if (place.goneMs === undefined) {
        place.goneMs = nowMs;
        place.ring.stop();
      } else if (nowMs - place.goneMs > restMs) {
        this.#places.delete(key);
        this.#close(place.ring);
      }
    }
  }

  stop(): void {
    for (const { ring } of this.#places.values()) ring.stop();
  }

  /**
   * Hands over what is there, that of each second before that of the next: rows are of seconds. Returns how many frames.
   *
   * @param beforeUs frames from then on wait; by default until all rings have handed over those before
   */
  read(sink: FrameSink, beforeUs = this.#endOfSecondUs()): number {
    let frames = 0;
    for (const { ring } of this.#places.values()) frames += ring.read(sink, beforeUs);
    return frames;
  }

  /** What the last block of a second holds is there this long after its end. */
  #endOfSecondUs(): number {
    const { hardwareTimestamps, blockTimeoutMs } = this.#options;
    // With one ring there is nothing to wait for, and the time of a network card is of another clock.
    if (this.#places.size === 1 || hardwareTimestamps) return Number.POSITIVE_INFINITY;
    return (Math.floor((Date.now() - blockTimeoutMs - graceMs) / 1000) + 1) * 1e6;
  }

  /**
   * Waits until there may be something to read, at most `ms`.
   *
   * @param other a file descriptor, which it waits for as well
   */
  wait(ms: number, other: number): void {
    const rings = [...this.#places.values()].map(({ ring }) => ring);
    // One that is held has something to read all the time.
    const waiting = rings.filter(({ fd, isHeld }) => fd !== undefined && !isHeld);
    const shorterMs = rings.some(({ isFilling }) => isFilling) ? fillingWaitMs : ms;
    const failed = this.#libc.poll([other, ...waiting.map(({ fd }) => fd!)], shorterMs);
    // The interface is down or gone. Until somebody asks for that, poll would not wait.
    for (const ring of waiting) if (failed.includes(ring.fd!)) ring.clearError?.();
  }

  get counters(): { received: number; dropped: number } {
    const counters = { received: this.#received, dropped: this.#dropped };
    for (const { ring } of this.#places.values()) {
      ring.readStatistics();
      counters.received += ring.received;
      counters.dropped += ring.dropped;
    }
    return counters;
  }

  close(): void {
    for (const { ring } of this.#places.values()) this.#close(ring);
    this.#places.clear();
  }

  #close(ring: FrameRing): void {
    ring.readStatistics();
    this.#received += ring.received;
    this.#dropped += ring.dropped;
    ring.close();
  }
}
