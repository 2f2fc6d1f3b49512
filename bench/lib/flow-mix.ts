import { PacketPipeline } from '@flowloom/capturer';

const payloadBytes = 100;
const headerBytes = 14 + 20 + 20;
const ethernet = 1;
const startUs = 1_704_067_200e6;

/** Of the segments of an exchange: who sends it, and whether it has data. Request, its acknowledgement, answer, its acknowledgement. */
const exchange = [
  { isServer: false, hasData: true },
  { isServer: true, hasData: false },
  { isServer: true, hasData: true },
  { isServer: false, hasData: false },
];

/** How packets of many connections follow each other: whole exchanges of four segments, or each packet of another connection. */
export type Order = 'exchanges' | 'scattered';

/**
 * Segments of 100 bytes and their acknowledgements, next in sequence, in plain Ethernet, of so many connections in an order that no
 * cache can guess. Scattered, there are only the requests.
 */
export class FlowMix {
  readonly frame = new Uint8Array(headerBytes + payloadBytes);
  frameBytes = 0;
  readonly #view = new DataView(this.frame.buffer);
  readonly #flows: number;
  readonly #order: Order;
  /** Visits every connection once: an odd step through a power of two. */
  readonly #step: number;
  #at = 0;
  #segment = 0;
  #round = 0;

  /** @param flows a power of two */
  constructor(flows: number, order: Order) {
    this.#flows = flows;
    this.#order = order;
    this.#step = Math.floor(flows * 0.618) | 1;
    this.frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00, 0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6]);
    this.frame.set([0x50, 0x10, 1, 0], 46);
  }

  /** Packets in which every connection has been visited once. */
  get packetsPerRound(): number {
    return this.#flows * (this.#order === 'exchanges' ? exchange.length : 1);
  }

  /** Fills `frame` with the next segment, of `frameBytes`. */
  next(): void {
    const view = this.#view;
    const flow = this.#at;
    const { isServer, hasData } = exchange[this.#segment];
    const client = isServer ? 30 : 26;
    const server = isServer ? 26 : 30;
    const clientPort = isServer ? 36 : 34;
    const serverPort = isServer ? 34 : 36;
    const sent = this.#round * payloadBytes;
    this.frameBytes = headerBytes + (hasData ? payloadBytes : 0);
    view.setUint16(16, this.frameBytes - 14);
    view.setUint32(client, 0x0a00_0000 | (flow >>> 8));
    view.setUint32(server, 0x0ac8_0001);
    view.setUint16(clientPort, 1024 + (flow & 0xff));
    view.setUint16(serverPort, 80);
    view.setUint32(38, this.#segment === 3 ? sent + payloadBytes : sent);
    view.setUint32(42, this.#segment === 0 ? sent : sent + payloadBytes);
    if (this.#order === 'exchanges') this.#segment = (this.#segment + 1) % exchange.length;
    if (this.#segment !== 0) return;
    this.#at = (flow + this.#step) & (this.#flows - 1);
    if (this.#at === 0) this.#round++;
  }
}

/** The capturer's pipeline without parsers, which has seen every connection; `run` gives it `packets` more. */
export class FlowTableLoop {
  readonly #mix: FlowMix;
  readonly #pipeline: PacketPipeline;
  readonly #site: number;

  constructor(flows: number, order: Order) {
    this.#mix = new FlowMix(flows, order);
    this.#pipeline = new PacketPipeline({ flows: () => {}, requests: null, l7: null, capacity: flows });
    this.#site = this.#pipeline.addInterface({ agent: 'bench', name: '', source: 'pcap', kind: 'replay' });
    this.run(2 * this.#mix.packetsPerRound);
    const { flowsCreated } = this.#pipeline.flowMetrics;
    if (flowsCreated !== flows) throw new Error(`${flowsCreated} flows instead of ${flows}`);
  }

  run(packets: number): number {
    const { frame } = this.#mix;
    for (let i = 0; i < packets; i++) {
      this.#mix.next();
      const { frameBytes } = this.#mix;
      this.#pipeline.frame(frame, 0, frameBytes, frameBytes, startUs, ethernet, this.#site, 0);
    }
    this.#pipeline.settle();
    return packets;
  }
}

/** What one would write first: a map of objects by a text of both ends, with the same counters per direction. */
export class FlowMapLoop {
  readonly #mix: FlowMix;
  readonly #flows = new Map<string, { packets: number; bytes: number; nextSeq: number; last: number }>();

  constructor(flows: number, order: Order) {
    this.#mix = new FlowMix(flows, order);
    this.run(2 * this.#mix.packetsPerRound);
  }

  run(packets: number): number {
    const view = new DataView(this.#mix.frame.buffer);
    for (let i = 0; i < packets; i++) {
      this.#mix.next();
      const source = `${view.getUint32(26)}:${view.getUint16(34)}`;
      const destination = `${view.getUint32(30)}:${view.getUint16(36)}`;
      const key = source < destination ? `${source}-${destination}` : `${destination}-${source}`;
      let flow = this.#flows.get(key);
      if (flow === undefined) this.#flows.set(key, (flow = { packets: 0, bytes: 0, nextSeq: 0, last: 0 }));
      flow.packets++;
      flow.bytes += this.#mix.frameBytes;
      flow.nextSeq = view.getUint32(38) + payloadBytes;
      flow.last = startUs;
    }
    return packets;
  }
}
