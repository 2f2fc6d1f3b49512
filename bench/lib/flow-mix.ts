import { PacketPipeline } from '@flowloom/capturer';

const frameBytes = 14 + 20 + 20 + 100;
const ethernet = 1;
const startUs = 1_704_067_200e6;

/** Segments of 100 bytes, next in sequence, in plain Ethernet, of so many connections in an order that no cache can guess. */
export class FlowMix {
  readonly frame = new Uint8Array(frameBytes);
  readonly #view = new DataView(this.frame.buffer);
  readonly #flows: number;
  /** Visits every connection once: an odd step through a power of two. */
  readonly #step: number;
  #at = 0;
  #round = 0;

  /** @param flows a power of two */
  constructor(flows: number) {
    this.#flows = flows;
    this.#step = Math.floor(flows * 0.618) | 1;
    this.frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00, 0x45, 0, 0, 140, 0, 0, 0x40, 0, 64, 6]);
    this.frame.set([10, 0, 0, 0, 10, 200, 0, 1], 26);
    this.frame.set([0, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 1, 0x50, 0x10, 1, 0], 34);
  }

  /** Fills `frame` with the next segment. */
  next(): void {
    const view = this.#view;
    const flow = this.#at;
    view.setUint32(26, 0x0a00_0000 | (flow >>> 8));
    view.setUint16(34, 1024 + (flow & 0xff));
    view.setUint32(38, this.#round * 100);
    this.#at = (flow + this.#step) & (this.#flows - 1);
    if (this.#at === 0) this.#round++;
  }
}

/** The capturer's pipeline without parsers, which has seen every connection; `run` gives it `packets` more. */
export class FlowTableLoop {
  readonly #mix: FlowMix;
  readonly #pipeline: PacketPipeline;
  readonly #site: number;

  constructor(flows: number) {
    this.#mix = new FlowMix(flows);
    this.#pipeline = new PacketPipeline({ flows: () => {}, requests: null, l7: null, capacity: flows });
    this.#site = this.#pipeline.addInterface({ agent: 'bench', name: '', source: 'pcap', kind: 'replay' });
    this.run(2 * flows);
    const { flowsCreated } = this.#pipeline.flowMetrics;
    if (flowsCreated !== flows) throw new Error(`${flowsCreated} flows instead of ${flows}`);
  }

  run(packets: number): number {
    const { frame } = this.#mix;
    for (let i = 0; i < packets; i++) {
      this.#mix.next();
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

  constructor(flows: number) {
    this.#mix = new FlowMix(flows);
    this.run(2 * flows);
  }

  run(packets: number): number {
    const view = new DataView(this.#mix.frame.buffer);
    for (let i = 0; i < packets; i++) {
      this.#mix.next();
      const key = `${view.getUint32(26)}:${view.getUint16(34)}-${view.getUint32(30)}:${view.getUint16(36)}`;
      let flow = this.#flows.get(key);
      if (flow === undefined) this.#flows.set(key, (flow = { packets: 0, bytes: 0, nextSeq: 0, last: 0 }));
      flow.packets++;
      flow.bytes += frameBytes;
      flow.nextSeq = view.getUint32(38) + 100;
      flow.last = startUs;
    }
    return packets;
  }
}
