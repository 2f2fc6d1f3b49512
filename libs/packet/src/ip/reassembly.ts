import { u16, u32 } from '../bytes.ts';
import type { Packet } from '../packet.ts';
import { TCP, UDP } from '../protocol.ts';

/** Longest datagram (RFC 791 3.1, RFC 8200 4.5), and the unit of fragment offsets. */
const MAX_BYTES = 65_535;
const UNIT = 8;

/** A datagram that is being put together. */
class Part {
  readonly bytes = new Uint8Array(MAX_BYTES);
  /** By unit of eight bytes: seen. */
  readonly seen = new Uint8Array((MAX_BYTES + UNIT) / UNIT);
  /** Which datagram of the fragment table, and whose turn in that slot. */
  slot = -1;
  serial = 0;
  seenBytes = 0;
  /** Length of the whole, 0 until the last fragment was seen. */
  wholeBytes = 0;
  /** Bytes from here on were not captured in some fragment. */
  captured = MAX_BYTES;
  /** Offset of the transport header, -1 until the first fragment was seen: behind IPv6 extension headers. */
  header = -1;
  /** Fragments overlap: nothing of it is trusted (RFC 5722). */
  spoilt = false;

  begin(slot: number, serial: number): void {
    this.slot = slot;
    this.serial = serial;
    this.seenBytes = this.wholeBytes = 0;
    this.captured = MAX_BYTES;
    this.header = -1;
    this.spoilt = false;
    this.seen.fill(0);
  }
}

/**
 * Puts fragmented UDP datagrams and TCP segments together for those who read payload; the counters of flows need none of
 * this. Memory is bounded and taken when the first fragments come: at most `capacity` datagrams of 72 KiB, of which the one
 * begun first gives way. A datagram with overlapping fragments is not put together; an exact repetition is no overlap.
 */
export class Reassembly {
  /** The packet decoded last is a fragment of a UDP datagram or TCP segment. Whoever saw it sets it back. */
  fragment = false;
  /** Tunnels around that fragment. */
  tier = 0;
  /** Datagrams put together, and those given up: pushed out, or with overlaps. */
  complete = 0;
  abandoned = 0;
  readonly #capacity: number;
  readonly #parts: Part[] = [];
  /** By slot of the fragment table, in the order in which they were begun. */
  readonly #bySlot = new Map<number, Part>();
  #next = 0;
  #last: Part | null = null;
  #ready: Part | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * A fragment of the datagram in `slot` of the fragment table: bytes [start, end) were captured of [start, wireEnd).
   *
   * @param offset of the first byte in the datagram
   * @param header offset of the transport header, -1 where this is not the first fragment
   */
  add(
    slot: number,
    serial: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    wireEnd: number,
    offset: number,
    header: number,
    more: boolean,
  ): void {
    this.fragment = true;
    this.#last = this.#ready = null;
    const length = wireEnd - start;
    if (length <= 0 || offset + length > MAX_BYTES) return;
    const part = this.#part(slot, serial);
    this.#last = part;
    if (part.spoilt) return;
    const known = this.#compare(part, bytes, start, end, offset, length);
    if (known === Known.same) return;
    if (known === Known.different) {
      this.abandoned++;
      part.spoilt = true;
      if (header < 0) return;
      part.begin(slot, serial); // the identification is used again
      this.#compare(part, bytes, start, end, offset, length);
    }
    if (header >= 0) part.header = header;
    if (!more) part.wholeBytes = offset + length;
    part.bytes.set(bytes.subarray(start, end), offset);
    if (end < wireEnd) part.captured = Math.min(part.captured, offset + end - start);
    part.seenBytes += length;
    if (part.wholeBytes !== 0 && part.seenBytes >= part.wholeBytes && part.header >= 0) this.#ready = part;
  }

  /**
   * Fills `whole` with the packet that `packet`, a fragment, has completed: its addresses and ports, and all of the payload. False
   * where something is missing yet. The bytes are valid until the next fragment comes.
   */
  take(whole: Packet, packet: Packet): boolean {
    const part = this.#ready;
    this.#ready = null;
    if (part === null) return false;
    this.#bySlot.delete(part.slot);
    part.slot = -1;
    const { bytes, header } = part;
    const wireEnd = part.wholeBytes;
    const end = Math.min(wireEnd, part.captured);
    if (end - header < (packet.protocol === TCP ? 20 : 8)) return false;
    whole.site = packet.site;
    whole.bytes = bytes;
    whole.end = end;
    whole.timeUs = packet.timeUs;
    whole.frameBytes = packet.frameBytes;
    whole.reset();
    whole.addresses.set(packet.addresses);
    whole.ipVersion = packet.ipVersion;
    whole.protocol = packet.protocol;
    whole.l3Bytes = wireEnd;
    whole.srcPort = u16(bytes, header);
    whole.dstPort = u16(bytes, header + 2);
    let payload = header + 8;
    if (packet.protocol === TCP) {
      whole.seq = u32(bytes, header + 4);
      whole.ack = u32(bytes, header + 8);
      whole.tcpFlags = bytes[header + 13];
      payload = header + Math.max(20, (bytes[header + 12] >> 4) << 2);
    }
    whole.payloadBytes = Math.max(0, wireEnd - payload);
    whole.payloadStart = Math.min(payload, end);
    whole.payloadEnd = end;
    this.complete++;
    return true;
  }

  /** Nobody will read the datagram of the fragment that was decoded last: it was a tunnel. */
  forget(): void {
    if (this.#last !== null) this.#last.spoilt = true;
    this.#ready = null;
  }

  /** True of protocols whose payload is put together. */
  static reads(protocol: number): boolean {
    return protocol === UDP || protocol === TCP;
  }

  #part(slot: number, serial: number): Part {
    let part = this.#bySlot.get(slot);
    if (part?.serial === serial) return part;
    if (part === undefined) {
      part = this.#free();
      this.#bySlot.set(slot, part);
    } else this.abandoned++;
    part.begin(slot, serial);
    return part;
  }

  /** A part that is in no use, a new one, or that of the datagram begun first. */
  #free(): Part {
    if (this.#bySlot.size >= this.#capacity) {
      const [slot, oldest] = this.#bySlot.entries().next().value!;
      this.#bySlot.delete(slot);
      this.abandoned++;
      return oldest;
    }
    for (let tries = 0; tries < this.#parts.length; tries++) {
      this.#next = (this.#next + 1) % this.#parts.length;
      if (this.#parts[this.#next].slot === -1) return this.#parts[this.#next];
    }
    const part = new Part();
    this.#parts.push(part);
    return part;
  }

  /** Marks the bytes as seen, and says whether they were seen before. */
  #compare(part: Part, bytes: Uint8Array, start: number, end: number, offset: number, length: number): Known {
    const { seen } = part;
    const first = offset / UNIT;
    const last = Math.ceil((offset + length) / UNIT);
    let overlap = 0;
    for (let unit = first; unit < last; unit++) {
      overlap += seen[unit];
      seen[unit] = 1;
    }
    if (overlap === 0) return Known.no;
    if (overlap < last - first) return Known.different;
    for (let i = start, at = offset; i < end; i++, at++) if (bytes[i] !== part.bytes[at]) return Known.different;
    return Known.same;
  }
}

/** Whether bytes of a fragment came before. */
const Known = { no: 0, same: 1, different: 2 } as const;
type Known = (typeof Known)[keyof typeof Known];
