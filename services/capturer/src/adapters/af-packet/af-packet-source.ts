import {
  type FrameSink,
  type NetworkInterface,
  type PacketSource,
  type SourceCounters,
  SourceError,
} from '../../core/packet-source.ts';
import { type Libc, loadLibc, SystemCallError } from '../libc.ts';
import { neighbours } from '../neighbours.ts';
import { networkInterfaces } from '../network-interfaces.ts';
import type { OwnConnection } from './capture-filter.ts';
import { LinkChanges } from './link-changes.ts';
import { graceMs, Rings, type RingsOptions } from './rings.ts';

export interface AfPacketOptions extends RingsOptions {
  /** Captured bytes of each frame. */
  readonly snaplen: number;
  /** Connections whose packets must not be captured. */
  readonly ownConnections?: { now(): readonly OwnConnection[] };
}

/** How long one wait for packets may block the thread, while there are some and while there are none: so late do its other events come. */
const waitMs = 40;
const idleWaitMs = 80;
const refreshMs = 1000;
/** Room for two stacks of Ethernet, IPv6 and TCP with a tunnel between. */
const headerBytes = 256;
/** Between two looks at the interfaces, even where they change all the time. */
const fewestMsBetween = 50;
/** And where nobody says that they have. */
const mostMsBetween = 10_000;

/** Packets from AF_PACKET rings of Linux, which follow the interfaces of the host. */
export class AfPacketSource implements PacketSource {
  readonly kind = 'af_packet';
  readonly #options: AfPacketOptions;
  readonly #libc: Libc;
  #rings: Rings | undefined;
  #links: LinkChanges | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #sink: FrameSink | undefined;
  #interfaces: NetworkInterface[] = [];
  #interfaceKey = '';
  #isPayloadWanted = true;
  #isWantedOnLoopback = true;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: AfPacketOptions, libc: Libc = loadLibc()) {
    this.#options = options;
    this.#libc = libc;
  }

  open(sink: FrameSink): void {
    this.#sink = sink;
    try {
      this.#links = new LinkChanges(this.#libc);
      this.#rings = new Rings(this.#libc, this.#options);
      this.#refresh(this.#rings, sink, this.#links);
    } catch (error) {
      this.close();
      throw explained(error);
    }
    this.#refreshTimer = setInterval(() => this.#guarded((...all) => this.#refresh(...all)), refreshMs);
    const turn = () => {
      this.#guarded((rings, sink, links) => {
        const isIdle = rings.read(sink) === 0;
        rings.wait(isIdle ? idleWaitMs : waitMs, links.fd);
        links.read();
        if (links.links && performance.now() - this.#lookedMs > fewestMsBetween) this.#refresh(rings, sink, links);
        setImmediate(turn);
      });
    };
    setImmediate(turn);
  }

  #guarded(work: (rings: Rings, sink: FrameSink, links: LinkChanges) => void): void {
    const sink = this.#sink;
    if (this.#rings === undefined || this.#links === undefined || sink === undefined) return;
    try {
      work(this.#rings, sink, this.#links);
    } catch (error) {
      this.close();
      sink.failed(explained(error));
    }
  }

  /** Follows interfaces and own connections. */
  #refresh(rings: Rings, sink: FrameSink, links: LinkChanges): void {
    links.read();
    const nowMs = performance.now();
    if (links.links || links.others || nowMs - this.#lookedMs > mostMsBetween) {
      this.#lookedMs = nowMs;
      links.forget();
      this.#look(sink);
    }
    const own = this.#options.ownConnections?.now() ?? [];
    const isWanted = this.#isWantedOnLoopback;
    const ofLoopback = { snaplen: this.#snaplen(isWanted), mayCount: !isWanted };
    rings.follow(this.#interfaces, own, this.#snaplen(this.#isPayloadWanted), ofLoopback);
  }

  #snaplen(isPayloadWanted: boolean): number {
    const { snaplen } = this.#options;
    return isPayloadWanted ? snaplen : Math.min(snaplen, headerBytes);
  }

  setPayload(isWanted: boolean, isWantedOnLoopback = isWanted): void {
    if (isWanted === this.#isPayloadWanted && isWantedOnLoopback === this.#isWantedOnLoopback) return;
    this.#isPayloadWanted = isWanted;
    this.#isWantedOnLoopback = isWantedOnLoopback;
    this.#guarded((...all) => this.#refresh(...all));
  }

  #look(sink: FrameSink): void {
    const now = networkInterfaces();
    const near = neighbours(now);
    const key = JSON.stringify([now, near]);
    if (key !== this.#interfaceKey) sink.interfaces(now, near);
    this.#interfaceKey = key;
    this.#interfaces = now;
  }

  /** The block under way is handed over only when its time is over. */
  async drain(): Promise<void> {
    clearInterval(this.#refreshTimer);
    const untilMs = performance.now() + this.#options.blockTimeoutMs + graceMs;
    this.#guarded((rings, sink, links) => {
      rings.stop();
      for (let leftMs = 1; leftMs > 0; leftMs = untilMs - performance.now()) {
        if (rings.read(sink) === 0) rings.wait(leftMs, links.fd);
        links.read();
      }
      rings.read(sink, Number.POSITIVE_INFINITY);
    });
  }

  counters(): SourceCounters {
    const { received, dropped } = this.#rings?.counters ?? { received: 0, dropped: 0 };
    return { received, droppedByKernel: dropped, droppedByInterface: 0 };
  }

  close(): void {
    clearInterval(this.#refreshTimer);
    this.#rings?.close();
    this.#rings = undefined;
    this.#links?.close();
    this.#links = undefined;
  }
}

function explained(error: unknown): Error {
  if (!(error instanceof SystemCallError)) return error as Error;
  if (error.code === 'EPERM') {
    return new SourceError('capturing packets needs root or the capability CAP_NET_RAW', 'not_permitted');
  }
  if (error.code === 'ENOMEM') return new SourceError('not enough memory for the packet ring', 'unsupported');
  return new SourceError(`cannot capture packets: ${error.message}`, 'unsupported');
}
