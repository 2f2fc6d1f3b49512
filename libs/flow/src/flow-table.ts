import { Drop, ICMP, ICMPV6, type Packet, SYN, TCP } from '@flowloom/packet';
import { ApplicationCounters, type ResponseStatus } from './application-counters.ts';
import { ClientFinder } from './client-finder.ts';
import { Datagrams } from './datagrams.ts';
import { Evidence } from './direction.ts';
import { FlowChains, LOOK_AHEAD } from './flow-chains.ts';
import { FlowKey } from './flow-key.ts';
import { baseOf, FlowMemory } from './flow-memory.ts';
import { FlowView } from './flow-view.ts';
import { Gaps } from './gaps.ts';
import type { CaptureInterface } from './interface.ts';
import * as f from './layout.ts';
import { Lifecycle } from './lifecycle.ts';
import { FlowMetrics } from './metrics.ts';
import { NewFlows } from './new-flow.ts';
import { type FlowTableOptions, resolveOptions } from './options.ts';
import { OtherWays } from './other-way.ts';
import { RowWriter } from './row-writer.ts';
import { RunAccounts } from './run-accounts.ts';
import type { SegmentRun } from './segment-run.ts';
import { SteadySegments } from './steady-segments.ts';
import { TcpDelays } from './tcp-delays.ts';
import { TcpSegments } from './tcp-segments.ts';
import { nextState } from './tcp-state.ts';

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/** So many records stay in the second-level cache of a core. */
const CACHED_FLOWS = 4096;

/**
 * All flows that one thread sees. Call `tick` with the time of each packet before `update` of that packet; a live capture
 * also calls it without packets, once per second. Rows leave through `options.sink`; nothing is allocated per packet.
 */
export class FlowTable {
  /** Flow of the last packet given to `update`, 0 where it has none. Valid until `onEnd` names it. */
  slot = 0;
  /** Which end sent that packet: 0 or 1, the same for the whole life of the flow. */
  side = 0;
  /** 0 where that end is the client, 1 the server: may change when better evidence comes. */
  direction = 0;
  /** `tick` does nothing before this time, µs. */
  nextTickUs = 0;
  readonly metrics = new FlowMetrics();
  /** Who the flows are: for records other than flow rows. */
  readonly view: FlowView;

  readonly #interfaces: CaptureInterface[] = [];
  readonly #memory: FlowMemory;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #keys: readonly FlowKey[];
  #key: FlowKey;
  readonly #quotedKey: FlowKey;
  readonly #chains: FlowChains;
  readonly #client: ClientFinder;
  readonly #steady: SteadySegments;
  readonly #segments: TcpSegments;
  readonly #runs: RunAccounts;
  readonly #datagrams: Datagrams;
  readonly #application: ApplicationCounters;
  readonly #newFlows: NewFlows;
  readonly #lifecycle: Lifecycle;
  readonly #otherWays: OtherWays;

  constructor(options: FlowTableOptions) {
    const resolved = resolveOptions(options);
    const memory = new FlowMemory(resolved.capacity);
    const gaps = new Gaps(Math.max(resolved.capacity >> 2, 1024), this.metrics);
    this.#memory = memory;
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#keys = Array.from({ length: LOOK_AHEAD }, () => new FlowKey(resolved.hashSeed));
    this.#key = this.#keys[0];
    this.#quotedKey = new FlowKey(resolved.hashSeed);
    this.#chains = new FlowChains(memory);
    this.#otherWays = new OtherWays(memory);
    this.#client = new ClientFinder(memory, resolved.serverPorts, this.metrics);
    const delays = new TcpDelays(memory);
    this.#steady = new SteadySegments(memory, delays);
    this.#segments = new TcpSegments(memory, gaps, delays);
    this.#runs = new RunAccounts(memory, delays);
    this.#datagrams = new Datagrams(memory);
    this.#application = new ApplicationCounters(memory);
    this.#newFlows = new NewFlows(memory, this.#interfaces);
    this.view = new FlowView(memory, this.#interfaces);
    const writer = new RowWriter(memory, this.#interfaces, this.#application.names, resolved.sink, resolved.batchRows);
    const review = (slot: number) => this.#client.review(slot);
    this.#lifecycle = new Lifecycle(memory, this.#chains, gaps, writer, this.metrics, resolved, review);
  }

  /** Flows in the table, those that linger after their end among them. */
  get size(): number {
    return this.#chains.size;
  }

  /** Adds a place where packets are seen; returns its index for `update`. */
  addInterface(site: CaptureInterface): number {
    return this.#interfaces.push(site) - 1;
  }

  /** Accounts a packet; returns its flow, or 0 where it belongs to none. */
  update(packet: Packet, interfaceIndex: number): number {
    this.#keys[0].take(packet, interfaceIndex);
    return this.updateNext(0, packet);
  }

  /**
   * Gets ready for up to `LOOK_AHEAD` packets, which `updateNext` is then given one by one, in this order and with nothing
   * between but `tick`: where there are more flows than a cache holds, their records are fetched together.
   *
   * @param sites index of the interface of each
   */
  lookAhead(packets: readonly Packet[], sites: ArrayLike<number>, count: number): void {
    const keys = this.#keys;
    for (let i = 0; i < count; i++) keys[i].take(packets[i], sites[i]);
    if (this.#chains.size > CACHED_FLOWS) this.#memory.touched = this.#chains.lookAhead(keys, count);
  }

  /** Accounts the packet number `index` of those given to `lookAhead`; returns as `update` does. */
  updateNext(index: number, packet: Packet): number {
    if (packet.drop !== 0) {
      this.metrics.drops[packet.drop]++;
      return (this.slot = 0);
    }
    const key = this.#keys[index];
    this.#key = key;
    const isTcp = packet.protocol === TCP && !packet.laterFragment;
    const slot = this.#chains.find(key);
    if (slot !== 0 && isTcp) {
      const base = baseOf(slot);
      const flags = this.#u32[base + f.FLAGS];
      const side = this.#sideOf(flags);
      const direction = (flags & f.REVERSED) === 0 ? side : side ^ 1;
      if (this.#steady.account(base, side, direction, packet)) {
        this.metrics.flowPackets++;
        this.side = side;
        this.direction = direction;
        return (this.slot = slot);
      }
    }
    return this.#account(slot, isTcp, packet, key.interfaceIndex);
  }

  /**
   * Accounts a run of segments; returns its flow.
   *
   * @param packet one that was a segment of this connection: it stands for the run
   */
  updateRun(packet: Packet, run: SegmentRun, interfaceIndex: number): number {
    const u32 = this.#u32;
    this.#key = this.#keys[0];
    this.#key.take(packet, interfaceIndex);
    packet.timeUs = run.firstUs;
    const slot = this.#chains.find(this.#key) || this.#create(packet, interfaceIndex);
    const base = baseOf(slot);
    const flags = u32[base + f.FLAGS];
    const side = this.#sideOf(flags);
    const client = (flags & f.REVERSED) === 0 ? 0 : 1;
    if ((flags & (f.DIRTY | f.ENDED)) !== f.DIRTY) this.#lifecycle.touch(slot, run.firstUs);
    const next = this.#runs.account(base, side, client, packet, run);
    if (next !== u32[base + f.STATE]) {
      u32[base + f.STATE] = next;
      this.#lifecycle.enter(slot, next, run.lastUs);
    }
    for (const i of [0, 1] as const) {
      this.metrics.flowPackets += run.sent[i].packets;
      if (run.sent[i].packets > 0 && (flags & (f.HAS_SENT << (side ^ i))) === 0)
        this.#lifecycle.firstOf(slot, side ^ i);
    }
    return (this.slot = slot);
  }

  /** Accounts a packet of a flow that is found, or not (0): everything that may happen in a flow's life. */
  #account(found: number, isTcp: boolean, packet: Packet, interfaceIndex: number): number {
    let slot = found !== 0 ? found : this.#otherWays.find(this.#key, packet);
    if (slot !== 0 && isTcp && (packet.tcpFlags & SYN) !== 0) slot = this.#syn(slot, packet);
    if (slot === 0) slot = this.#create(packet, interfaceIndex);

    const u32 = this.#u32;
    const base = baseOf(slot);
    const flags = u32[base + f.FLAGS];
    const side = this.#sideOf(flags);
    const direction = (flags & f.REVERSED) === 0 ? side : side ^ 1;
    if ((flags & (f.DIRTY | f.ENDED)) !== f.DIRTY) this.#lifecycle.touch(slot, packet.timeUs);
    this.#count(base, side, packet);
    if (isTcp) {
      this.#segments.account(base, side, direction, packet);
      const state = u32[base + f.STATE];
      const next = nextState(state, direction, packet.tcpFlags);
      if (next !== state) {
        u32[base + f.STATE] = next;
        this.#lifecycle.enter(slot, next, packet.timeUs);
      }
    } else this.#datagrams.account(base, side, direction, packet);
    if ((flags & (f.HAS_SENT << side)) === 0) this.#lifecycle.firstOf(slot, side);
    if (packet.quotedIpVersion !== 0 && isIcmp(packet.protocol)) this.blame(packet, interfaceIndex);
    this.slot = slot;
    this.side = side;
    this.direction = direction;
    return slot;
  }

  /** Counts an ICMP error on the flow whose packet it quotes, if that is still there. */
  blame(packet: Packet, interfaceIndex: number): void {
    const key = this.#quotedKey;
    key.takeQuoted(packet, interfaceIndex);
    const slot = this.#chains.find(key) || this.#otherWays.findEnds(key);
    const flags = this.#u32[baseOf(slot) + f.FLAGS];
    if (slot === 0 || (flags & f.ENDED) !== 0) {
      this.metrics.icmpErrorsOfUnknownFlows++;
      return;
    }
    this.metrics.icmpErrors++;
    if ((flags & f.DIRTY) === 0) this.#lifecycle.touch(slot, packet.timeUs);
    this.#u32[baseOf(slot) + f.ICMP_ERRORS]++;
  }

  /** To be called with the time of every packet, and by live captures at least once a second. */
  tick(nowUs: number): void {
    if (nowUs < this.nextTickUs) return;
    this.nextTickUs = (Math.floor(nowUs / 1e6) + 1) * 1e6;
    this.#lifecycle.tick(nowUs);
  }

  /** End of input: writes and ends everything. The table is empty afterwards and may be used again. */
  flush(): void {
    this.#lifecycle.flush();
  }

  /** The application protocol of a flow, as in `l7_protocol`. */
  setProtocol(slot: number, name: string): void {
    this.#application.protocol(slot, name);
  }

  addRequest(slot: number): void {
    this.#application.request(slot);
  }

  /** `rrtUs`: from the request's first byte to the response's; negative where the request was not seen. */
  addResponse(slot: number, status: ResponseStatus, rrtUs: number): void {
    this.#application.response(slot, status, rrtUs);
  }

  addTimeout(slot: number): void {
    this.#application.timeout(slot);
  }

  /** The application protocol says which side asks. Returns whether client and server changed places. */
  clientIs(slot: number, side: number): boolean {
    return this.#client.decide(slot, side, Evidence.application);
  }

  #sideOf(flags: number): number {
    return ((flags & f.LOW_IS_SIDE_0) !== 0) === this.#key.sourceIsLow ? 0 : 1;
  }

  /** A SYN on a known pair of ends: a new connection (then 0), or evidence for the old one. */
  #syn(slot: number, packet: Packet): number {
    const base = baseOf(slot);
    const side = this.#sideOf(this.#u32[base + f.FLAGS]);
    if (this.#segments.isNewConnection(base, side, packet)) {
      this.#lifecycle.replace(slot);
      this.metrics.portsReused++;
      return 0;
    }
    this.#client.handshake(slot, side, packet);
    return slot;
  }

  #create(packet: Packet, interfaceIndex: number): number {
    const key = this.#key;
    let slot = this.#chains.insert(key);
    if (slot === 0) {
      this.#lifecycle.evict();
      slot = this.#chains.insert(key);
    }
    key.store(this.#memory, slot);
    this.#client.begin(slot, key, packet);
    const side = this.#sideOf(this.#u32[baseOf(slot) + f.FLAGS]);
    this.#newFlows.describe(slot, side, packet, interfaceIndex);
    this.#lifecycle.begin(slot, packet.timeUs);
    this.#otherWays.remember(slot, key);
    this.metrics.flowsCreated++;
    return slot;
  }

  #count(base: number, side: number, packet: Packet): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    const now = packet.timeUs;
    if (now > f64[(base + f.LAST) >> 1]) f64[(base + f.LAST) >> 1] = now;
    else if (now < f64[(base + f.ROW_START) >> 1]) f64[(base + f.ROW_START) >> 1] = now;
    const at = base + f.SIDES + side * f.SIDE_WORDS;
    const wide = at >> 1;
    u32[at + f.PACKETS]++;
    this.metrics.flowPackets++;
    f64[wide + (f.BYTES >> 1)] += packet.frameBytes;
    f64[wide + (f.L3_BYTES >> 1)] += packet.l3Bytes;
    f64[wide + (f.L4_BYTES >> 1)] += packet.payloadBytes;
    if (packet.heldPackets === 0) return;
    u32[at + f.PACKETS] += packet.heldPackets;
    this.metrics.flowPackets += packet.heldPackets;
    this.metrics.drops[Drop.fragment_held] -= packet.heldPackets;
    f64[wide + (f.BYTES >> 1)] += packet.heldFrameBytes;
    f64[wide + (f.L3_BYTES >> 1)] += packet.heldL3Bytes;
    f64[wide + (f.L4_BYTES >> 1)] += packet.heldPayloadBytes;
  }
}
