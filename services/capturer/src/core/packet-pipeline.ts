import {
  type CaptureInterface,
  type FlowMetrics,
  type FlowSink,
  FlowTable,
  type FlowTableOptions,
  LOOK_AHEAD,
  type SegmentRun,
} from '@flowloom/flow';
import type { L7Options, L7Stats } from '@flowloom/l7';
import {
  Drop,
  Packet,
  PacketDecoder,
  type PacketDecoderOptions,
  type Reassembly,
  shareOf,
  shareOfQuoted,
} from '@flowloom/packet';
import type { Windows } from './budget/windows.ts';
import { Conversations } from './conversations.ts';
import { IgnoredPackets } from './ignored-packets.ts';
import type { RequestSink } from './request-batches.ts';

/** The part of all flows that one of several pipelines takes, which are all given every frame. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

export interface PacketPipelineOptions {
  /** Take batches over as they fill; the rest comes with `flush`. */
  readonly flows: FlowSink;
  /** null: requests are counted in the flows alone. */
  readonly requests: RequestSink | null;
  /** Partitions that rows of requests are kept apart by. Default 1. */
  readonly requestPartitions?: number;
  readonly decoder?: PacketDecoderOptions;
  /** Flows at the same time. */
  readonly capacity?: number;
  readonly table?: Partial<Omit<FlowTableOptions, 'sink' | 'onEnd' | 'capacity'>>;
  /** Absent: all flows. The first one also counts the packets of no flow. */
  readonly share?: Share;
  /** Called after each tick, once its rows have been handed on. */
  readonly onTick?: () => void;
  /** Absent fields have their defaults; null: no request is looked for. */
  readonly l7?: Partial<L7Options> | null;
  /** When requests are seen; absent: always. Flows are counted all the time. */
  readonly windows?: Windows;
}

const nothingShed = { packets: 0, bytes: 0 };
const allFlows: Share = { index: 0, count: 1 };
const defaultCapacity = 1 << 18;
/** Datagrams whose fragments are put together at the same time. */
const reassembled = 128;

/**
 * From frames to rows: decodes, tracks flows, parses requests. Pure and synchronous, with event time only; one per
 * thread. The same in a replay and in a live capture.
 */
export class PacketPipeline {
  /** Packets that are decoded and not yet accounted, and the places where they were seen. */
  readonly #packets = Array.from({ length: LOOK_AHEAD }, () => new Packet());
  readonly #sites = new Uint32Array(LOOK_AHEAD);
  #waiting = 0;
  /** One of the segments of a run. */
  readonly #standIn = new Packet();
  readonly #orphan = new Packet();
  readonly #whole = new Packet();
  readonly #decoder: PacketDecoder;
  readonly #table: FlowTable;
  readonly #conversations: Conversations | undefined;
  readonly #share: Share;
  readonly #onTick: (() => void) | undefined;
  /** Packets that belong to no flow. */
  readonly ignored = new IgnoredPackets();

  constructor(options: PacketPipelineOptions) {
    const { flows, requests, decoder, capacity = defaultCapacity, table = {}, l7 = {} } = options;
    this.#share = options.share ?? allFlows;
    this.#onTick = options.onTick;
    this.#table = new FlowTable({
      ...table,
      capacity,
      sink: flows,
      onEnd: (slot) => this.#conversations?.end(slot),
    });
    this.#decoder = new PacketDecoder({ reassembled: l7 === null ? 0 : reassembled, ...decoder });
    if (l7 === null) return;
    const { windows, requestPartitions } = options;
    this.#conversations = new Conversations(this.#table, capacity, l7, requests, windows, requestPartitions);
  }

  get flowMetrics(): FlowMetrics {
    return this.#table.metrics;
  }

  get l7Stats(): L7Stats | undefined {
    return this.#conversations?.stats;
  }

  /** Packets with payload that were not looked at for requests, and its bytes. */
  get shed(): Readonly<Conversations['shed']> {
    return this.#conversations?.shed ?? nothingShed;
  }

  /** Request rows written so far. */
  get requests(): number {
    return this.#conversations?.written ?? 0;
  }

  /** No request is looked for at this place from now on; flows are counted. undefined: at every place. */
  leaveOut(site: number | undefined): void {
    this.settle();
    this.#conversations?.leaveOut(site);
  }

  /** Adds a place where frames are seen; its number goes with every frame from there. */
  addInterface(site: CaptureInterface): number {
    return this.#table.addInterface(site);
  }

  /**
   * A frame at `bytes[start .. start + capturedBytes)`, borrowed until the next `settle`: frames are decoded at once, and
   * accounted together.
   *
   * @param wireBytes length of the frame on the wire
   * @param timeUs time of capture, µs since the epoch
   * @param linkType LINKTYPE_ value
   * @param site number of the place, from `addInterface`
   * @param vlan VLAN id that the system took out of the frame, 0 without
   * @param direction 1 into the host, 2 out of it, 0 not known
   */
  frame(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    timeUs: number,
    linkType: number,
    site: number,
    vlan: number,
    direction = 0,
  ): void {
    if (timeUs >= this.#table.nextTickUs) this.tick(timeUs);
    const { index, count } = this.#share;
    if (count > 1) {
      const share = this.#decoder.shareOfFrame(bytes, start, capturedBytes, wireBytes, linkType, count);
      if (share !== -1 && share !== index) return;
    }
    const packet = this.#packets[this.#waiting];
    this.#sites[this.#waiting] = site;
    packet.site = site;
    packet.direction = direction;
    packet.outerVlan = vlan;
    const reason = this.#decoder.decode(packet, bytes, start, capturedBytes, wireBytes, timeUs, linkType);
    if (index === 0) {
      if (reason !== Drop.none) this.ignored.add(site, reason, linkType);
      else if (packet.heldPackets !== 0) this.ignored.release(site, packet.heldPackets);
    }
    if (packet.vlan === 0) packet.vlan = vlan;
    if (count > 1 && this.#isOthers(packet)) return;
    if (this.#decoder.reassembly?.fragment) this.#fragment(this.#decoder.reassembly, packet);
    else if (++this.#waiting === LOOK_AHEAD) this.settle();
  }

  /**
   * Segments that were counted and not captured: `bytes[start .. start + capturedBytes)` are the headers of one of them. Not for
   * pipelines that share what is seen.
   */
  run(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    linkType: number,
    site: number,
    run: SegmentRun,
  ): void {
    if (run.firstUs >= this.#table.nextTickUs) this.tick(run.firstUs);
    this.settle();
    const packet = this.#standIn;
    packet.site = site;
    packet.direction = 1;
    packet.outerVlan = 0;
    const reason = this.#decoder.decode(packet, bytes, start, capturedBytes, wireBytes, run.firstUs, linkType);
    const [one, other] = run.sent;
    if (reason !== Drop.none) {
      this.ignored.add(site, reason, linkType, one.packets + other.packets);
      return;
    }
    const slot = this.#table.updateRun(packet, run, site);
    this.#conversations?.uncaptured(slot, run);
  }

  /** The packet is for another pipeline. What an ICMP error says of a flow of ours is noted all the same. */
  #isOthers(packet: Packet): boolean {
    const { index, count } = this.#share;
    if (packet.drop !== Drop.none) {
      if (index === 0) return false;
    } else if (shareOf(packet, count) === index) return false;
    else if (shareOfQuoted(packet, count) === index) {
      this.settle();
      this.#table.blame(packet, packet.site);
    }
    if (this.#decoder.reassembly?.fragment) {
      this.#decoder.reassembly.fragment = false;
      this.#decoder.reassembly.forget();
    }
    return true;
  }

  /** Accounts what is waiting: the memory of the frames so far is no longer needed. */
  settle(): void {
    const count = this.#waiting;
    if (count === 0) return;
    this.#waiting = 0;
    const table = this.#table;
    const packets = this.#packets;
    table.lookAhead(packets, this.#sites, count);
    for (let i = 0; i < count; i++) {
      const slot = table.updateNext(i, packets[i]);
      if (slot !== 0) this.#conversations?.packet(slot, table.side, packets[i]);
    }
  }

  /**
   * Event time has come to `nowUs`. Once a second: closes what has been silent, and hands on the rows of the second. A live
   * capture calls it also while there are no packets.
   */
  tick(nowUs: number): void {
    if (nowUs < this.#table.nextTickUs) return;
    this.settle();
    this.#countOrphans(nowUs);
    this.#conversations?.tick(nowUs);
    this.#table.tick(nowUs);
    this.#conversations?.flush();
    this.#onTick?.();
  }

  /** End of input: ends every flow and hands on all rows. */
  flush(): void {
    this.settle();
    this.#countOrphans(Number.POSITIVE_INFINITY);
    this.#table.flush();
    this.#conversations?.flush();
  }

  /** Parsers see a datagram that came in fragments once it is whole, or, inside a tunnel, what its first fragment holds. */
  #fragment(reassembly: Reassembly, packet: Packet): void {
    this.settle();
    const slot = this.#table.update(packet, packet.site);
    reassembly.fragment = false;
    if (slot === 0) return;
    if (packet.tunnelTier > reassembly.tier) {
      reassembly.forget();
      this.#conversations?.packet(slot, this.#table.side, packet);
    } else if (reassembly.take(this.#whole, packet)) {
      this.#conversations?.packet(slot, this.#table.side, this.#whole);
    }
  }

  /** Fragments whose first one never came become flows without ports: a packet of its own each, and those held with it. */
  #countOrphans(nowUs: number): void {
    while (this.#decoder.takeOrphan(this.#orphan, nowUs)) {
      const { index, count } = this.#share;
      if (index === 0) this.ignored.release(this.#orphan.site, 1 + this.#orphan.heldPackets);
      if (shareOf(this.#orphan, count) !== index) continue;
      this.#table.metrics.drops[Drop.fragment_held]--;
      this.#table.update(this.#orphan, this.#orphan.site);
    }
  }
}
