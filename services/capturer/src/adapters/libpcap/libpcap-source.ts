import { createRequire } from 'node:module';
import { LinkType } from '@flowloom/packet';
import { type FrameSink, type PacketSource, type SourceCounters, SourceError } from '../../core/packet-source.ts';
import { neighbours } from '../neighbours.ts';
import { networkInterfaces } from '../network-interfaces.ts';

export interface LibpcapOptions {
  /** Names of interfaces, or `any`. */
  readonly interfaces: readonly string[];
  readonly snaplen: number;
}

/** The part of `cap` that is used here. It serves the main thread only: it is no context-aware addon. */
interface CapSession {
  open(device: string, filter: string, bufferBytes: number, memory: Buffer): string;
  setMinBytes?(bytes: number): void;
  on(event: 'packet', listener: (bytes: number, isTruncated: boolean) => void): void;
  close(): void;
}

const bufferBytes = 16 << 20;
const refreshMs = 1000;
const linkTypes: Readonly<Record<string, number>> = {
  ETHERNET: LinkType.ethernet,
  NULL: LinkType.null,
  RAW: LinkType.raw,
  LINKTYPE_LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
};

/**
 * Packets by libpcap, for systems where the AF_PACKET ring is not allowed. Slower by half an order of magnitude, and what
 * `cap` does not pass on is not known here: times of packets are those of their arrival in this process, the length on the
 * wire is that of the captured part, whether a packet came or went is open, and losses are not counted. `cap` asserts
 * that its descriptors have no error: an interface that goes down or away while it is captured from aborts the process.
 */
export class LibpcapSource implements PacketSource {
  readonly kind = 'libpcap';
  readonly #options: LibpcapOptions;
  readonly #sessions = new Map<string, CapSession>();
  #timer: NodeJS.Timeout | undefined;
  #received = 0;

  constructor(options: LibpcapOptions) {
    this.#options = options;
  }

  open(sink: FrameSink): void {
    const failures = this.#refresh(sink);
    if (this.#sessions.size === 0 && failures.length > 0)
      throw new SourceError(`libpcap: ${failures[0]}`, 'unsupported');
    this.#timer = setInterval(() => this.#refresh(sink), refreshMs);
  }

  /** Opens interfaces that came, closes those that went. Returns why some could not be opened. */
  #refresh(sink: FrameSink): string[] {
    const { interfaces: wanted } = this.#options;
    const all = networkInterfaces();
    const now = all.filter(({ name }) => wanted.includes('any') || wanted.includes(name));
    const failures: string[] = [];
    for (const [name, session] of this.#sessions) {
      if (now.some((one) => one.name === name)) continue;
      session.close();
      this.#sessions.delete(name);
    }
    const fresh = now.filter(({ name }) => !this.#sessions.has(name));
    if (fresh.length > 0) sink.interfaces(all, neighbours(all));
    for (const { name, index } of fresh) {
      try {
        this.#sessions.set(name, this.#openOne(name, index, sink));
      } catch (error) {
        failures.push(`${name}: ${(error as Error).message}`);
      }
    }
    return failures;
  }

  #openOne(name: string, index: number, sink: FrameSink): CapSession {
    const { Cap } = createRequire(import.meta.url)('cap') as { Cap: new () => CapSession };
    const session = new Cap();
    const memory = Buffer.alloc(65_535);
    const linkType = linkTypes[session.open(name, '', bufferBytes, memory)] ?? LinkType.ethernet;
    session.setMinBytes?.(0);
    const { snaplen } = this.#options;
    session.on('packet', (bytes) => {
      this.#received++;
      const timeUs = Math.floor((performance.timeOrigin + performance.now()) * 1000);
      sink.frame(memory, 0, Math.min(bytes, snaplen), bytes, timeUs, linkType, index, 0, 0);
      sink.settle();
    });
    return session;
  }

  /** `cap` reads what is there whenever the event loop looks at its descriptors. */
  async drain(): Promise<void> {
    clearInterval(this.#timer);
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  counters(): SourceCounters {
    return { received: this.#received, droppedByKernel: 0, droppedByInterface: 0 };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }
}
