import { ACK, Drop, FIN, Packet, PSH, RST, SYN, TCP, URG } from '@flowloom/packet';
import { type RawFlow, rowOf } from '@flowloom/records';
import { FlowTable } from '../flow-table.ts';
import type { CaptureInterface } from '../interface.ts';
import type { FlowTableOptions } from '../options.ts';

const flagBits: Record<string, number> = { F: FIN, S: SYN, R: RST, P: PSH, A: ACK, U: URG };

export interface Segment {
  seq?: number;
  ack?: number;
  len?: number;
  window?: number;
  /** µs since the segment before; 1000 if not given. */
  after?: number;
}

/** Counters that add up over the rows of a flow, with the first or last of the others. */
export type FlowSum = RawFlow & { rows: number };

const start = 1_700_000_000_000_000;

/** A table, and two ends that send scripted segments through it. Sequence numbers follow from what was sent. */
export class Exchange {
  readonly rows: RawFlow[] = [];
  readonly table: FlowTable;
  readonly packet = new Packet();
  timeUs = start;
  clientPort = 40_000;
  serverPort = 80;
  readonly #next = [1000, 5000];
  readonly #interface: number;

  constructor(options: Partial<FlowTableOptions> = {}, site: Partial<CaptureInterface> = {}) {
    this.table = new FlowTable({
      capacity: 1024,
      hashSeed: 7,
      sink: (batch) => {
        for (let row = 0; row < batch.length; row++) this.rows.push(rowOf(batch, row));
      },
      ...options,
    });
    this.#interface = this.table.addInterface({ agent: 'test', name: 'eth0', source: 'pcap', kind: 'replay', ...site });
  }

  /** Begins another connection with other first sequence numbers. */
  sequences(client: number, server: number): this {
    this.#next[0] = client >>> 0;
    this.#next[1] = server >>> 0;
    return this;
  }

  client(flags: string, segment: Segment = {}): this {
    return this.#send(0, flags, segment);
  }

  server(flags: string, segment: Segment = {}): this {
    return this.#send(1, flags, segment);
  }

  handshake(after = 1000): this {
    return this.client('S', { after }).server('SA', { after }).client('A', { after });
  }

  /** Time passes, second by second. */
  wait(seconds: number): this {
    for (let i = 0; i < seconds; i++) {
      this.timeUs += 1_000_000;
      this.table.tick(this.timeUs);
    }
    return this;
  }

  /** Ends the input; the sums of the flow whose rows came first, or of the `index`-th. */
  finish(index = 0): FlowSum {
    this.table.flush();
    return this.sums()[index];
  }

  /** The rows of each flow as one, in the order of their first rows. */
  sums(): FlowSum[] {
    const flows = new Map<string, FlowSum>();
    for (const row of this.rows) {
      const sum = flows.get(row.flow_id);
      if (sum === undefined) flows.set(row.flow_id, { ...row, rows: 1 });
      else add(sum, row);
    }
    return [...flows.values()];
  }

  /** Gives the packet as it stands to the table. */
  update(): number {
    this.packet.timeUs = this.timeUs;
    this.table.tick(this.timeUs);
    return this.table.update(this.packet, this.#interface);
  }

  #send(side: 0 | 1, flags: string, { seq, ack, len = 0, window = 1000, after = 1000 }: Segment): this {
    const { packet } = this;
    this.timeUs += after;
    let bits = 0;
    for (const letter of flags) bits |= flagBits[letter];
    packet.drop = Drop.none;
    packet.ipVersion = 4;
    packet.protocol = TCP;
    packet.addresses.set([0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0x0a000002]);
    packet.srcPort = this.clientPort;
    packet.dstPort = this.serverPort;
    packet.srcMac = 1;
    packet.dstMac = 2;
    if (side === 1) swapEnds(packet);
    packet.tcpFlags = bits;
    packet.seq = seq ?? this.#next[side];
    packet.ack = bits & ACK ? (ack ?? this.#next[side ^ 1]) : 0;
    packet.window = window;
    packet.payloadBytes = len;
    packet.l3Bytes = 40 + len;
    packet.frameBytes = 54 + len;
    if (seq === undefined) this.#next[side] = (packet.seq + len + (bits & (SYN | FIN) ? 1 : 0)) >>> 0;
    this.update();
    return this;
  }
}

export function swapEnds(packet: Packet): void {
  const source = packet.addresses.slice(0, 4);
  packet.addresses.copyWithin(0, 4, 8);
  packet.addresses.set(source, 4);
  [packet.srcPort, packet.dstPort] = [packet.dstPort, packet.srcPort];
  [packet.srcMac, packet.dstMac] = [packet.dstMac, packet.srcMac];
}

const added = /^(packets|bytes|l3_bytes|l4_bytes|retrans|out_of_order|zero_window)_|_count$|_sum_us$|^l7_re|errors?$/;

function add(sum: FlowSum, row: RawFlow): void {
  const into = sum as unknown as Record<string, unknown>;
  sum.rows++;
  for (const [name, value] of Object.entries(row)) {
    if (added.test(name)) into[name] = Number(into[name] ?? 0) + Number(value);
    else if (name.startsWith('tcp_flags')) into[name] = Number(into[name] ?? 0) | Number(value);
    else if (name === 'close_type' || name === 'end_us') into[name] = value;
    else into[name] ??= value;
  }
}
