import type { FlowTable, SegmentRun } from '@flowloom/flow';
import {
  type Connection,
  type DatagramConnection,
  type Direction,
  type Exchange,
  L7Engine,
  type L7Options,
  type L7Sink,
  type L7Stats,
  type StreamConnection,
  type Transport,
} from '@flowloom/l7';
import { FIN, ICMP, ICMPV6, type Packet, SCTP, SYN, TCP, UDP } from '@flowloom/packet';
import { Windows } from './budget/windows.ts';
import type { RequestSink } from './request-batches.ts';
import { RequestRows } from './request-rows.ts';

/** What the gate of a flow says about its payload. */
const Gate = {
  /** No connection of the parsers yet. */
  closed: 0,
  stream: 1,
  datagrams: 2,
  /** The parsers have given the flow up: its payload is not looked at any more. */
  given_up: 3,
  /** As closed, but what was said before was not read: it begins in the middle. */
  cut: 4,
} as const;

const transports = new Map<number, Transport>([
  [TCP, 'tcp'],
  [UDP, 'udp'],
  [ICMP, 'icmp'],
  [ICMPV6, 'icmp6'],
  [SCTP, 'sctp'],
]);
const nothing = new Uint8Array(0);
/** Head of an ICMP message, which the decoder has taken apart. */
const ICMP_BYTES = 8;
const icmpHead = Buffer.alloc(ICMP_BYTES);

/**
 * The application side of flows: leads each packet's payload to the parser of its flow, and what the parsers find back
 * to the flow's counters and into request rows. Of flows that the parsers have given up only one byte is read.
 */
export class Conversations implements L7Sink {
  readonly #table: FlowTable;
  readonly #engine: L7Engine;
  readonly #rows: RequestRows | undefined;
  readonly #gates: Uint8Array;
  readonly #connections: (StreamConnection | DatagramConnection | undefined)[];
  #nowUs = 0;
  readonly #windows: Windows;
  /** Number of the place that is left out; -1: none. */
  #leftOut = -1;
  /** Packets with payload, and its bytes, that were not looked at, since no window was open or their place is left out. */
  readonly shed = { packets: 0, bytes: 0 };

  /**
   * @param capacity slots of the flow table
   * @param sink takes the request rows; null: requests are only counted
   * @param windows when requests are seen
   * @param partitions that rows are kept apart by
   */
  constructor(
    table: FlowTable,
    capacity: number,
    options: Partial<L7Options>,
    sink: RequestSink | null,
    windows = new Windows(),
    partitions?: number,
  ) {
    this.#table = table;
    this.#windows = windows;
    this.#engine = new L7Engine(this, options);
    this.#rows = sink === null ? undefined : new RequestRows(table.view, sink, { partitions });
    this.#gates = new Uint8Array(capacity + 1);
    this.#connections = new Array(capacity + 1);
  }

  get stats(): L7Stats {
    return this.#engine.stats;
  }

  /** Request rows written so far. */
  get written(): number {
    return this.#rows?.written ?? 0;
  }

  /** A packet of the flow in `slot`, sent by its end `side`. */
  packet(slot: number, side: number, packet: Packet): void {
    const gate = this.#gates[slot];
    if (gate === Gate.given_up || packet.laterFragment) return;
    if (packet.timeUs >= this.#windows.nextUs) this.#advance(packet.timeUs);
    if (!this.#windows.isOpen || packet.site === this.#leftOut) {
      this.#leaveOut(slot, gate, packet.payloadBytes);
      return;
    }
    if (packet.protocol === TCP) {
      const control = packet.tcpFlags & (SYN | FIN);
      const isOpen = this.#gates[slot] === Gate.stream;
      if (packet.payloadBytes === 0 && (!isOpen || control === 0)) return;
      if (!isOpen) this.#openStream(slot, packet.timeUs);
      this.#segment(slot, side, packet);
    } else if (packet.payloadBytes > 0) {
      this.#datagram(slot, side, packet, packet.bytes, packet.payloadStart, packet.payloadEnd, packet.payloadBytes);
    } else if (packet.protocol === ICMP || packet.protocol === ICMPV6) {
      const headBytes = packet.ipVersion === 4 ? 20 : 40;
      this.#datagram(slot, side, packet, writeIcmp(packet), 0, ICMP_BYTES, packet.l3Bytes - headBytes);
    }
  }

  #segment(slot: number, side: number, packet: Packet): void {
    this.#nowUs = packet.timeUs;
    const connection = this.#connections[slot] as StreamConnection;
    connection.segment(
      side as Direction,
      packet.seq,
      packet.bytes,
      packet.payloadStart,
      packet.payloadEnd,
      packet.payloadBytes,
      packet.timeUs,
      packet.tcpFlags,
      packet.ack,
    );
    if (connection.finished) this.#giveUp(slot);
  }

  #datagram(
    slot: number,
    side: number,
    packet: Packet,
    bytes: Uint8Array,
    start: number,
    end: number,
    declaredBytes: number,
  ): void {
    this.#nowUs = packet.timeUs;
    if (this.#gates[slot] !== Gate.datagrams) {
      const transport = transports.get(packet.protocol);
      if (transport === undefined) {
        this.#giveUp(slot);
        return;
      }
      this.#gates[slot] = Gate.datagrams;
      this.#connections[slot] = this.#engine.openDatagrams({ transport, ports: this.#ports(slot), owner: slot });
    }
    const connection = this.#connections[slot] as DatagramConnection;
    connection.datagram(side as Direction, bytes, start, end, declaredBytes, packet.timeUs);
    if (connection.finished) this.#giveUp(slot);
  }

  #leaveOut(slot: number, gate: number, payloadBytes: number, packets = 1): void {
    if (payloadBytes === 0) return;
    this.shed.packets += packets;
    this.shed.bytes += payloadBytes;
    if (gate === Gate.closed) this.#gates[slot] = Gate.cut;
  }

  /** Segments of the flow in `slot` whose payload nobody has. */
  uncaptured(slot: number, { sent }: SegmentRun): void {
    const gate = this.#gates[slot];
    if (gate === Gate.given_up) return;
    for (const { dataPackets, payloadBytes } of sent) this.#leaveOut(slot, gate, payloadBytes, dataPackets);
  }

  /** Begins with the first payload: connections that say nothing cost nothing. The handshake told where both streams begin. */
  #openStream(slot: number, timeUs: number): void {
    const isWhole = this.#gates[slot] === Gate.closed;
    this.#gates[slot] = Gate.stream;
    const connection = this.#engine.openStream({ transport: 'tcp', ports: this.#ports(slot), owner: slot });
    this.#connections[slot] = connection;
    if (!isWhole) return;
    for (const side of [0, 1] as const) {
      const seq = this.#table.view.initialSeq(slot, side);
      if (seq >= 0) connection.segment(side, seq, nothing, 0, 0, 0, timeUs, SYN);
    }
  }

  #ports(slot: number): [number, number] {
    return [this.#table.view.port(slot, 0), this.#table.view.port(slot, 1)];
  }

  #giveUp(slot: number): void {
    this.#gates[slot] = Gate.given_up;
    this.#connections[slot] = undefined;
  }

  /** The flow has ended: what is open is reported now. To be called before its slot is given to another. */
  end(slot: number): void {
    this.#connections[slot]?.close(this.#nowUs);
    this.#connections[slot] = undefined;
    this.#gates[slot] = Gate.closed;
  }

  /** A window opens or closes. What is open at its end is reported as it is; the connections go on in the middle. */
  #advance(nowUs: number): void {
    if (!this.#windows.advance(nowUs) || this.#windows.isOpen) return;
    this.#nowUs = nowUs;
    this.#cut(() => true);
  }

  /** Payload at this place is not looked at from now on, in no window; undefined: at each it is. */
  leaveOut(site = -1): void {
    if (site === this.#leftOut) return;
    this.#leftOut = site;
    if (site !== -1) this.#cut((slot) => this.#table.view.site(slot) === site);
  }

  #cut(isMeant: (slot: number) => boolean): void {
    for (let slot = 0; slot < this.#gates.length; slot++) {
      if (this.#gates[slot] !== Gate.stream && this.#gates[slot] !== Gate.datagrams) continue;
      if (!isMeant(slot)) continue;
      this.end(slot);
      this.#gates[slot] = Gate.cut;
    }
  }

  /** Gives up requests that have waited too long. Call about once a second. */
  tick(nowUs: number): void {
    this.#advance(nowUs);
    this.#nowUs = Math.max(this.#nowUs, nowUs);
    this.#engine.tick(nowUs);
  }

  /** Hands on the rows written so far. */
  flush(): void {
    this.#rows?.flush();
  }

  // ---- what the parsers report ----

  request(exchange: Exchange, connection: Connection): void {
    if (this.#windows.shows(exchange)) this.#rows?.write(exchange, connection.owner as number);
  }

  asked(exchange: Exchange, connection: Connection): void {
    if (this.#windows.shows(exchange)) this.#table.addRequest(connection.owner as number);
  }

  answered(exchange: Exchange, rrtUs: number, connection: Connection): void {
    if (!this.#windows.shows(exchange)) return;
    this.#table.addResponse(connection.owner as number, exchange.response_status, rrtUs);
  }

  timedOut(exchange: Exchange, connection: Connection): void {
    if (this.#windows.shows(exchange)) this.#table.addTimeout(connection.owner as number);
  }

  clientIs(direction: Direction, connection: Connection): void {
    this.#table.clientIs(connection.owner as number, direction);
  }

  protocolIs(protocol: string, connection: Connection): void {
    this.#table.setProtocol(connection.owner as number, protocol);
  }
}

/** The first eight bytes of the ICMP message (RFC 792), without its checksum; overwritten by the next call. */
function writeIcmp(packet: Packet): Uint8Array {
  icmpHead[0] = packet.icmpType;
  icmpHead[1] = packet.icmpCode;
  icmpHead.writeUInt16BE(packet.icmpId, 4);
  icmpHead.writeUInt16BE(packet.icmpSequence, 6);
  return icmpHead;
}
