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
import { accept, assemble } from './bpf.ts';
import { captureFilter, type OwnConnection } from './capture-filter.ts';
import { Ring, type RingOptions } from './ring.ts';

export interface AfPacketOptions extends RingOptions {
  /** Names of interfaces, or `any`. */
  readonly interfaces: readonly string[];
  readonly snaplen: number;
  /** Joins this fanout group: every member gets a share of the flows. */
  readonly fanoutGroup?: number;
  /** Connections whose packets must not be captured; asked once a second. */
  ownConnections(): readonly OwnConnection[];
}

/** How long one wait for packets may block the thread: so late do its other events come. */
const waitMs = 20;
const refreshMs = 1000;
const rejectAll = assemble([accept(0)]);

/**
 * Packets from the AF_PACKET ring of Linux. One socket listens on all interfaces, and the kernel's filter chooses: an
 * interface that comes later is captured from as soon as the filter names it, one that goes needs nothing.
 */
export class AfPacketSource implements PacketSource {
  readonly kind = 'af_packet';
  readonly #options: AfPacketOptions;
  readonly #libc: Libc;
  #ring: Ring | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #sink: FrameSink | undefined;
  #filterKey = '';
  #interfaceKey = '';

  constructor(options: AfPacketOptions, libc: Libc = loadLibc()) {
    this.#options = options;
    this.#libc = libc;
  }

  open(sink: FrameSink): void {
    this.#sink = sink;
    try {
      this.#ring = new Ring(this.#libc, this.#options);
      this.#refresh(this.#ring, sink);
      this.#ring.start(this.#options.fanoutGroup);
    } catch (error) {
      this.close();
      throw explained(error);
    }
    this.#refreshTimer = setInterval(() => this.#guarded((ring) => this.#refresh(ring, sink)), refreshMs);
    const turn = () => {
      this.#guarded((ring) => {
        ring.read(sink, waitMs);
        setImmediate(turn);
      });
    };
    setImmediate(turn);
  }

  #guarded(work: (ring: Ring, sink: FrameSink) => void): void {
    const sink = this.#sink;
    if (this.#ring === undefined || sink === undefined) return;
    try {
      work(this.#ring, sink);
    } catch (error) {
      this.close();
      sink.failed(explained(error));
    }
  }

  /** Follows interfaces and own connections: sets a new filter where something changed. */
  #refresh(ring: Ring, sink: FrameSink): void {
    const now = networkInterfaces();
    const wanted = chosen(now, this.#options.interfaces);
    const own = this.#options.ownConnections();
    const near = neighbours(now);
    const interfaceKey = JSON.stringify([now, near]);
    if (interfaceKey !== this.#interfaceKey) sink.interfaces(now, near);
    this.#interfaceKey = interfaceKey;
    const filterKey = JSON.stringify([wanted, own]);
    if (filterKey === this.#filterKey) return;
    this.#filterKey = filterKey;
    const loopback = now.find(({ name }) => name === 'lo')?.index ?? 0;
    ring.setFilter(captureFilter({ snaplen: this.#options.snaplen, interfaces: wanted, loopback, own }));
  }

  /** The block under way is handed over only when its time is over. */
  async drain(): Promise<void> {
    clearInterval(this.#refreshTimer);
    const untilMs = performance.now() + this.#options.blockTimeoutMs + waitMs;
    this.#guarded((ring, sink) => {
      ring.setFilter(rejectAll);
      for (let leftMs = 1; leftMs > 0; leftMs = untilMs - performance.now()) ring.read(sink, leftMs);
    });
  }

  counters(): SourceCounters {
    this.#ring?.readStatistics();
    return {
      received: this.#ring?.received ?? 0,
      droppedByKernel: this.#ring?.dropped ?? 0,
      droppedByInterface: 0,
    };
  }

  close(): void {
    clearInterval(this.#refreshTimer);
    this.#ring?.close();
    this.#ring = undefined;
  }
}

/** Indices of the interfaces by these names; undefined for all. A name that does not exist may come later. */
function chosen(now: readonly NetworkInterface[], names: readonly string[]): number[] | undefined {
  if (names.includes('any')) return undefined;
  return now.filter(({ name }) => names.includes(name)).map(({ index }) => index);
}

function explained(error: unknown): Error {
  if (!(error instanceof SystemCallError)) return error as Error;
  if (error.code === 'EPERM') {
    return new SourceError('capturing packets needs root or the capability CAP_NET_RAW', 'not_permitted');
  }
  if (error.code === 'ENOMEM') return new SourceError('not enough memory for the packet ring', 'unsupported');
  return new SourceError(`cannot capture packets: ${error.message}`, 'unsupported');
}
