import type { CaptureInterface, FlowTimeouts, SegmentRun } from '@flowloom/flow';
import type { L7Options } from '@flowloom/l7';
import type { TunnelOptions } from '@flowloom/packet';
import { rawFlow } from '@flowloom/records';
import { Windows } from './budget/windows.ts';
import { encodeRecords } from './encode-records.ts';
import { HostAddresses } from './host-addresses.ts';
import { PacketPipeline, type PacketPipelineOptions } from './packet-pipeline.ts';
import type { FrameSink, Neighbour, NetworkInterface, PacketSource, SourceCounters } from './packet-source.ts';
import { PartitionedRows } from './partitioned-rows.ts';
import type { PartitionCounts, RawRecord } from './raw-record.ts';
import { flowPartition } from './row-keys.ts';

export interface CaptureSessionOptions {
  /** `agent` of the rows. */
  readonly agent: string;
  readonly partitions: PartitionCounts;
  readonly maxFlows: number;
  readonly serverPorts: readonly number[];
  /** Those that are absent have their defaults. */
  readonly timeouts?: Partial<FlowTimeouts>;
  readonly tunnels?: TunnelOptions;
  /** null: no request is looked for. */
  readonly l7: Partial<L7Options> | null;
}

/** What a session has counted since its start. */
export interface SessionCounters extends SourceCounters {
  readonly packets: number;
  /** Packets that belong to no flow, by reason. */
  readonly drops: Readonly<Record<string, number>>;
  /** Flows that ended early for want of room. */
  readonly evictedFlows: number;
  readonly l7: Readonly<Record<string, number>>;
  /** Packets with payload that were not looked at for requests, and its bytes, to keep to the budget of CPU. */
  readonly shed: { readonly packets: number; readonly bytes: number };
}

/** What a session makes of a second. */
export interface SessionOutput {
  readonly records: readonly RawRecord[];
  readonly counters: SessionCounters;
}

const tickMs = 1000;
/** So long before a window opens frames are captured whole again: a timer may be late by a wait for packets. */
const payloadLeadUs = 300_000;

/**
 * A live capture in one thread: frames of a source through the pipeline, and once a second the rows as records for the
 * bus. Everything that it holds is bounded: flows by `maxFlows`, requests by the parsers' own limits.
 */
export class CaptureSession implements FrameSink {
  readonly #source: PacketSource;
  readonly #agent: string;
  readonly #pipeline: PacketPipeline;
  readonly #flows: PartitionedRows<typeof rawFlow.fields>;
  #records: RawRecord[] = [];
  readonly #addresses = new HostAddresses();
  /** Indices of interfaces that lead to a pod or virtual machine. */
  #toEnds: ReadonlySet<number> = new Set();
  /** Number of a place in the pipeline by index of its interface. */
  readonly #sites: number[] = [];
  /** Names of those interfaces: an index is used again. */
  readonly #names: string[] = [];
  /** Number of loopback, as of `#sites`; undefined: there is none. */
  #loopback: number | undefined;
  readonly #output: (output: SessionOutput) => void;
  readonly #failed: (error: Error) => void;
  readonly #windows = new Windows();
  readonly #hasRequests: boolean;
  #isLoopbackLeft = false;
  /** Packets of interfaces that came and went between two looks at them. */
  #unplaced = 0;
  #timer: NodeJS.Timeout | undefined;
  #payloadTimer: NodeJS.Timeout | undefined;

  constructor(
    source: PacketSource,
    options: CaptureSessionOptions,
    output: (output: SessionOutput) => void,
    failed: (error: Error) => void,
  ) {
    this.#source = source;
    this.#agent = options.agent;
    this.#hasRequests = options.l7 !== null;
    this.#output = output;
    this.#failed = failed;
    this.#flows = new PartitionedRows(rawFlow, options.partitions.flowsRaw, flowPartition);
    const pipeline: PacketPipelineOptions = {
      flows: (batch) => this.#flows.add(batch),
      requests: (batch, partition) => {
        this.#records.push(...encodeRecords('requestsRaw', partition, batch));
        return batch;
      },
      requestPartitions: options.partitions.requestsRaw,
      capacity: options.maxFlows,
      decoder: { tunnels: options.tunnels },
      table: { serverPorts: options.serverPorts, timeouts: options.timeouts },
      l7: options.l7,
      windows: this.#windows,
    };
    this.#pipeline = new PacketPipeline(pipeline);
  }

  /** Begins. Throws a `SourceError` where capturing is not possible. */
  start(): void {
    this.#source.open(this);
    this.#setPayload();
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /**
   * From now on requests are seen for that share of the time, 0 to 1; flows always.
   *
   * @param isLoopbackLeft those on loopback not at all: somebody else sees them
   */
  setShare(share: number, isLoopbackLeft = false): void {
    this.#windows.setShare(share, Date.now() * 1000);
    this.#isLoopbackLeft = isLoopbackLeft;
    this.#pipeline.leaveOut(isLoopbackLeft ? this.#loopback : undefined);
    this.#setPayload();
  }

  #setPayload(): void {
    const { isOpen, nextUs } = this.#windows;
    const leftMs = (isOpen ? nextUs : nextUs - payloadLeadUs) / 1000 - Date.now();
    const isWanted = this.#hasRequests && isOpen === leftMs > 0;
    this.#source.setPayload?.(isWanted, isWanted && !this.#isLoopbackLeft);
    clearTimeout(this.#payloadTimer);
    if (leftMs > 0 && leftMs < tickMs) this.#payloadTimer = setTimeout(() => this.#setPayload(), leftMs + 1);
  }

  /** Ends: what has come is read, every open flow gets its last row, and everything goes to the output. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#payloadTimer);
    await this.#source.drain();
    const counters = this.#source.counters();
    this.#source.close();
    this.#pipeline.flush();
    this.#publish(counters);
  }

  frame(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    timeUs: number,
    linkType: number,
    interfaceIndex: number,
    vlan: number,
    direction: number,
  ): void {
    const site = this.#sites[interfaceIndex];
    if (site === undefined) {
      this.#unplaced++;
      return;
    }
    this.#pipeline.frame(bytes, start, capturedBytes, wireBytes, timeUs, linkType, site, vlan, direction);
  }

  run(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    linkType: number,
    interfaceIndex: number,
    run: SegmentRun,
  ): void {
    const site = this.#sites[interfaceIndex];
    if (site === undefined) this.#unplaced += run.sent[0].packets + run.sent[1].packets;
    else this.#pipeline.run(bytes, start, capturedBytes, wireBytes, linkType, site, run);
  }

  settle(): void {
    this.#pipeline.settle();
  }

  interfaces(now: readonly NetworkInterface[], neighbours: readonly Neighbour[]): void {
    this.#addresses.update(now, neighbours);
    this.#toEnds = new Set(now.filter(({ leadsToEnd }) => leadsToEnd).map(({ index }) => index));
    const leadsToEnd = (index: number) => this.#toEnds.has(index);
    for (const { index, name } of now) {
      if (this.#names[index] === name) continue;
      this.#names[index] = name;
      const site: CaptureInterface = {
        agent: this.#agent,
        name,
        source: this.#source.kind,
        kind: 'node',
        // A veth gets its place only after it was made: asked anew for every flow.
        get leadsToEnd() {
          return leadsToEnd(index);
        },
        ownership: this.#addresses,
      };
      this.#sites[index] = this.#pipeline.addInterface(site);
      if (name === 'lo') this.#loopback = this.#sites[index];
    }
  }

  failed(error: Error): void {
    this.#failed(error);
  }

  #tick(): void {
    this.#pipeline.tick(Date.now() * 1000);
    this.#setPayload();
    this.#publish(this.#source.counters());
  }

  #publish(source: SourceCounters): void {
    const records = this.#records;
    this.#records = [];
    for (const [partition, batch] of this.#flows.take()) records.push(...encodeRecords('flowsRaw', partition, batch));
    const { flowMetrics, l7Stats, shed } = this.#pipeline;
    const drops = { ...this.#pipeline.ignored.total(), interface_unknown: this.#unplaced };
    const evictedFlows = flowMetrics.evicted.reduce((sum, flows) => sum + flows, 0);
    const packets = Object.values(drops).reduce((sum, dropped) => sum + dropped, flowMetrics.flowPackets);
    const counters = { ...source, packets, drops, evictedFlows, l7: { ...l7Stats }, shed: { ...shed } };
    this.#output({ records, counters });
  }
}
