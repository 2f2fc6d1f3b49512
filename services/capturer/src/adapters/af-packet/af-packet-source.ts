import { type FrameSink, type PacketSource, type SourceCounters, SourceError } from '../../core/packet-source.ts';
import { type Libc, loadLibc, SystemCallError } from '../libc.ts';
import { neighbours } from '../neighbours.ts';
import { networkInterfaces } from '../network-interfaces.ts';
import type { OwnConnection } from './capture-filter.ts';
import { LinkChanges } from './link-changes.ts';
import { Rings, type RingsOptions } from './rings.ts';

export interface AfPacketOptions extends RingsOptions {
  /** Connections whose packets must not be captured; asked once a second. */
  ownConnections(): readonly OwnConnection[];
}

/** How long one wait for packets may block the thread: so late do its other events come. */
const waitMs = 20;
const refreshMs = 1000;
/** Between two looks at the interfaces, even where they change all the time. */
const fewestMsBetween = 50;

/** Packets from AF_PACKET rings of Linux, which follow the interfaces of the host. */
export class AfPacketSource implements PacketSource {
  readonly kind = 'af_packet';
  readonly #options: AfPacketOptions;
  readonly #libc: Libc;
  #rings: Rings | undefined;
  #links: LinkChanges | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #sink: FrameSink | undefined;
  #interfaceKey = '';
  #refreshedMs = 0;
  #linksChanged = false;

  constructor(options: AfPacketOptions, libc: Libc = loadLibc()) {
    this.#options = options;
    this.#libc = libc;
  }

  open(sink: FrameSink): void {
    this.#sink = sink;
    try {
      this.#links = new LinkChanges(this.#libc);
      this.#rings = new Rings(this.#libc, this.#options);
      this.#refresh(this.#rings, sink);
    } catch (error) {
      this.close();
      throw explained(error);
    }
    this.#refreshTimer = setInterval(() => this.#guarded((rings, to) => this.#refresh(rings, to)), refreshMs);
    const turn = () => {
      this.#guarded((rings, sink, links) => {
        if (rings.read(sink) === 0) this.#wait(rings, sink, links);
        setImmediate(turn);
      });
    };
    setImmediate(turn);
  }

  #wait(rings: Rings, sink: FrameSink, links: LinkChanges): void {
    rings.wait(waitMs, links.fd);
    this.#linksChanged = links.take() || this.#linksChanged;
    if (this.#linksChanged && performance.now() - this.#refreshedMs > fewestMsBetween) this.#refresh(rings, sink);
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
  #refresh(rings: Rings, sink: FrameSink): void {
    this.#refreshedMs = performance.now();
    this.#linksChanged = false;
    const now = networkInterfaces();
    const near = neighbours(now);
    const interfaceKey = JSON.stringify([now, near]);
    if (interfaceKey !== this.#interfaceKey) sink.interfaces(now, near);
    this.#interfaceKey = interfaceKey;
    rings.follow(now, this.#options.ownConnections());
  }

  /** The block under way is handed over only when its time is over. */
  async drain(): Promise<void> {
    clearInterval(this.#refreshTimer);
    const untilMs = performance.now() + this.#options.blockTimeoutMs + waitMs;
    this.#guarded((rings, sink, links) => {
      rings.stop();
      for (let leftMs = 1; leftMs > 0; leftMs = untilMs - performance.now()) {
        if (rings.read(sink) === 0) rings.wait(leftMs, links.fd);
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
