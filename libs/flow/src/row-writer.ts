import { ICMP, ICMPV6, TCP, tunnelNames } from '@flowloom/packet';
import { Batch, type ColumnsOf, type NameColumn, rawFlow } from '@flowloom/records';
import { closeTypes } from './close-type.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import type { CaptureInterface } from './interface.ts';
import * as f from './layout.ts';
import { observationPoints } from './observation-point.ts';
import { protocolName } from './protocol-names.ts';

type Columns = ColumnsOf<typeof rawFlow.fields>;
export type FlowBatch = Batch<typeof rawFlow.fields>;
/** Takes a full batch over; the batch is not touched again. */
export type FlowSink = (batch: FlowBatch) => void;

const ipVersions = [0, 4, 6];

const minRows = 16;

/** Codes of a dictionary column by a small number of ours, looked up once per batch. */
class CodeCache {
  readonly #name: (value: number) => string;
  #codes: number[] = [];

  constructor(name: (value: number) => string) {
    this.#name = name;
  }

  clear(): void {
    this.#codes = [];
  }

  code(column: NameColumn, value: number): number {
    return (this.#codes[value] ??= column.code(this.#name(value)));
  }
}

/** Turns flow records into rows of `flows.raw`, batch by batch. */
export class RowWriter {
  readonly #memory: FlowMemory;
  readonly #interfaces: readonly CaptureInterface[];
  readonly #sink: FlowSink;
  readonly #maxRows: number;
  /** Rows for which the present batch has room. */
  #rows = minRows;
  #batch: FlowBatch;
  #columns: Columns;
  #length = 0;
  readonly #agents: CodeCache;
  readonly #names: CodeCache;
  readonly #sources: CodeCache;
  readonly #points = new CodeCache((point) => observationPoints[point]);
  readonly #protocols = new CodeCache(protocolName);
  readonly #tunnels = new CodeCache((tunnel) => tunnelNames[tunnel]);
  readonly #closeTypes = new CodeCache((closeType) => closeTypes[closeType]);
  readonly #l7: CodeCache;
  /** Rows written so far. */
  written = 0;

  constructor(
    memory: FlowMemory,
    interfaces: readonly CaptureInterface[],
    l7Names: readonly string[],
    sink: FlowSink,
    maxRows: number,
  ) {
    this.#memory = memory;
    this.#interfaces = interfaces;
    this.#sink = sink;
    this.#maxRows = maxRows;
    this.#batch = new Batch(rawFlow, this.#rows);
    this.#columns = this.#batch.columns;
    this.#agents = new CodeCache((i) => this.#interfaces[i].agent);
    this.#names = new CodeCache((i) => this.#interfaces[i].name);
    this.#sources = new CodeCache((i) => this.#interfaces[i].source);
    this.#l7 = new CodeCache((i) => l7Names[i]);
  }

  /** Hands on what has been written. */
  flush(): void {
    if (this.#length === 0) return;
    const batch = this.#batch;
    batch.length = this.#length;
    // A second without traffic shall not cost as much as a busy one.
    this.#rows = Math.min(Math.max(2 * this.#length, minRows), this.#maxRows);
    this.#batch = new Batch(rawFlow, this.#rows);
    this.#columns = this.#batch.columns;
    this.#length = 0;
    const caches = [this.#agents, this.#names, this.#sources, this.#points, this.#protocols, this.#tunnels];
    for (const cache of [...caches, this.#closeTypes, this.#l7]) cache.clear();
    this.#sink(batch);
  }

  /** Writes what the flow has counted since its last row. The record is left as it is. */
  write(slot: number, closeType: number): void {
    if (this.#length === this.#rows) this.flush();
    const row = this.#length++;
    this.written++;
    const { u32, f64 } = this.#memory;
    const c = this.#columns;
    const base = baseOf(slot);
    const flags = u32[base + f.FLAGS];
    const client = base + f.SIDES + ((flags & f.REVERSED) !== 0 ? f.SIDE_WORDS : 0);
    const server = 2 * (base + f.SIDES) + f.SIDE_WORDS - client;

    this.#identity(row, base, flags);
    const from = u32[client + f.PACKETS] + u32[server + f.PACKETS] > 0 ? f.ROW_START : f.LAST;
    c.start_us.values[row] = f64[(base + from) >> 1];
    c.end_us.values[row] = f64[(base + f.LAST) >> 1];
    c.is_new.values[row] = (flags & f.REPORTED) === 0 ? 1 : 0;
    c.is_reversed.values[row] = (flags & f.MUST_REVERSE) !== 0 ? 1 : 0;
    c.close_type.values[row] = this.#closeTypes.code(c.close_type, closeType);

    c.packets_tx.values[row] = u32[client + f.PACKETS];
    c.packets_rx.values[row] = u32[server + f.PACKETS];
    c.bytes_tx.values[row] = f64[(client + f.BYTES) >> 1];
    c.bytes_rx.values[row] = f64[(server + f.BYTES) >> 1];
    c.l3_bytes_tx.values[row] = f64[(client + f.L3_BYTES) >> 1];
    c.l3_bytes_rx.values[row] = f64[(server + f.L3_BYTES) >> 1];
    c.l4_bytes_tx.values[row] = f64[(client + f.L4_BYTES) >> 1];
    c.l4_bytes_rx.values[row] = f64[(server + f.L4_BYTES) >> 1];
    c.icmp_errors.values[row] = u32[base + f.ICMP_ERRORS];
    if ((u32[base + f.META] & 255) === TCP) this.#tcp(row, base, client, server);
    this.#delay(c.art_sum_us.values, c.art_count.values, c.art_max_us.values, row, base + f.ART);
    if (u32[base + f.L7_PROTOCOL] !== 0) this.#application(row, base);
  }

  #identity(row: number, base: number, flags: number): void {
    const { u32, f64 } = this.#memory;
    const c = this.#columns;
    const meta = u32[base + f.META];
    const site = u32[base + f.INTERFACE];
    const protocol = meta & 255;
    const reversed = (flags & f.REVERSED) !== 0;
    c.flow_id.values[2 * row] = u32[base + f.ID_HIGH];
    c.flow_id.values[2 * row + 1] = u32[base + f.ID_LOW];
    c.agent.values[row] = this.#agents.code(c.agent, site);
    c.interface.values[row] = this.#names.code(c.interface, site);
    c.source.values[row] = this.#sources.code(c.source, site);
    const points = u32[base + f.OBSERVATION_POINTS];
    c.observation_point.values[row] = this.#points.code(c.observation_point, reversed ? points >>> 8 : points & 255);
    c.protocol.values[row] = this.#protocols.code(c.protocol, protocol);
    c.ip_version.values[row] = ipVersions[(meta >>> 8) & 3];
    c.vlan.values[row] = (meta >>> 10) & 0xfff;
    if (((meta >>> 22) & 31) !== 0) this.#tunnel(row, base, meta, reversed);

    const clientIsLow = ((flags & f.LOW_IS_SIDE_0) !== 0) !== reversed;
    const ports = u32[base + f.PORTS];
    copyAddress(u32, base, clientIsLow, c.client_ip.values, row);
    copyAddress(u32, base, !clientIsLow, c.server_ip.values, row);
    if (protocol !== ICMP && protocol !== ICMPV6) {
      c.client_port.values[row] = clientIsLow ? ports >>> 16 : ports & 0xffff;
      c.server_port.values[row] = clientIsLow ? ports & 0xffff : ports >>> 16;
    }
    const mac = (base + f.MAC) >> 1;
    c.client_mac.values[row] = f64[mac + (reversed ? 1 : 0)];
    c.server_mac.values[row] = f64[mac + (reversed ? 0 : 1)];
  }

  #tunnel(row: number, base: number, meta: number, reversed: boolean): void {
    const { u32 } = this.#memory;
    const c = this.#columns;
    c.tunnel_type.values[row] = this.#tunnels.code(c.tunnel_type, (meta >>> 22) & 31);
    c.tunnel_id.values[row] = u32[base + f.OUTER_ID];
    c.tunnel_tier.values[row] = meta >>> 27;
    const ports = u32[base + f.OVN_PORTS];
    c.ovn_client_port.values[row] = reversed ? ports & 0xffff : ports >>> 16;
    c.ovn_server_port.values[row] = reversed ? ports >>> 16 : ports & 0xffff;
    for (let i = 0; i < 4; i++) {
      c.tunnel_src.values[4 * row + i] = u32[base + f.OUTER_ADDRESSES + i];
      c.tunnel_dst.values[4 * row + i] = u32[base + f.OUTER_ADDRESSES + 4 + i];
    }
  }

  #tcp(row: number, base: number, client: number, server: number): void {
    const { u32 } = this.#memory;
    const clientAside = base + f.ASIDES + (client < server ? 0 : f.ASIDE_WORDS);
    const serverAside = base + f.ASIDES + (client < server ? f.ASIDE_WORDS : 0);
    const c = this.#columns;
    c.tcp_flags_tx.values[row] = u32[client + f.TCP_FLAGS];
    c.tcp_flags_rx.values[row] = u32[server + f.TCP_FLAGS];
    c.syn_count.values[row] = u32[base + f.SYN_COUNT];
    c.synack_count.values[row] = u32[base + f.SYNACK_COUNT];
    c.retrans_syn.values[row] = u32[base + f.RETRANS_SYN];
    c.retrans_synack.values[row] = u32[base + f.RETRANS_SYNACK];
    c.retrans_tx.values[row] = u32[clientAside + f.RETRANS];
    c.retrans_rx.values[row] = u32[serverAside + f.RETRANS];
    c.out_of_order_tx.values[row] = u32[clientAside + f.OUT_OF_ORDER];
    c.out_of_order_rx.values[row] = u32[serverAside + f.OUT_OF_ORDER];
    c.zero_window_tx.values[row] = u32[clientAside + f.ZERO_WINDOW];
    c.zero_window_rx.values[row] = u32[serverAside + f.ZERO_WINDOW];
    c.rtt_us.values[row] = u32[base + f.RTT];
    c.rtt_client_us.values[row] = u32[base + f.RTT_CLIENT];
    c.rtt_server_us.values[row] = u32[base + f.RTT_SERVER];
    this.#delay(c.srt_sum_us.values, c.srt_count.values, c.srt_max_us.values, row, base + f.SRT);
    this.#delay(c.cit_sum_us.values, c.cit_count.values, c.cit_max_us.values, row, base + f.CIT);
  }

  #application(row: number, base: number): void {
    const { u32 } = this.#memory;
    const c = this.#columns;
    c.l7_protocol.values[row] = this.#l7.code(c.l7_protocol, u32[base + f.L7_PROTOCOL]);
    c.l7_request.values[row] = u32[base + f.L7_REQUEST];
    c.l7_response.values[row] = u32[base + f.L7_RESPONSE];
    c.l7_client_error.values[row] = u32[base + f.L7_CLIENT_ERROR];
    c.l7_server_error.values[row] = u32[base + f.L7_SERVER_ERROR];
    c.l7_timeout.values[row] = u32[base + f.L7_TIMEOUT];
    this.#delay(c.rrt_sum_us.values, c.rrt_count.values, c.rrt_max_us.values, row, base + f.RRT);
  }

  #delay(sums: Float64Array, counts: Uint32Array, maxima: Uint32Array, row: number, at: number): void {
    const { u32, f64 } = this.#memory;
    sums[row] = f64[at >> 1];
    counts[row] = u32[at + 2];
    maxima[row] = u32[at + 3];
  }
}

/** Writes the lower or the higher end's address into row `row` of an `ip` column. */
export function copyAddress(u32: Uint32Array, base: number, isLow: boolean, to: Uint32Array, row: number): void {
  const upper = base + (isLow ? f.LOW_UPPER : f.HIGH_UPPER);
  to[4 * row] = u32[upper];
  to[4 * row + 1] = u32[upper + 1];
  to[4 * row + 2] = u32[upper + 2];
  to[4 * row + 3] = u32[base + (isLow ? f.LOW_ADDRESS : f.HIGH_ADDRESS)];
}
