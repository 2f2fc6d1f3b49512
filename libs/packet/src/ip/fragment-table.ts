import type { Packet } from '../packet.ts';
import type { Tunnel } from '../tunnel.ts';

/** Slots of one bucket: the oldest gives way when all are taken. */
const WAYS = 4;
/** Key: eight address words, the identification, version and protocol, the place, VLAN and kind of tunnel, tunnel id. */
const KEY_WORDS = 13;

const EMPTY = 0;
/** Only later fragments so far: they are held until the first one comes. */
const HELD = 1;
/** The first fragment was seen: its ports are known. */
const KNOWN = 2;

export interface FragmentTableOptions {
  /** Datagrams under way that are remembered at most, rounded up to a power of two; about 200 bytes each. */
  capacity?: number;
  /** A datagram is forgotten this long after the fragment of it that was seen first, µs of capture time. */
  timeoutUs?: number;
  /** Later fragments wait this long for their first one, µs of capture time. */
  holdUs?: number;
}

/**
 * Remembers, for datagrams that arrive in fragments, the ports that only their first fragment has (RFC 791 3.2,
 * RFC 8200 4.5). Memory is fixed; nothing is reassembled, so what fragments overlap with is never trusted:
 *
 * - later fragments take the ports of the first one, whatever bytes they claim to overwrite;
 * - a second "first" fragment with other ports, before the datagram is complete, is counted for the ports seen first;
 * - later fragments that come before the first are held as sums, and handed to the first one when it comes, or, after
 *   some time, to `takeOrphan`; where the table is too full to hold them, they stay dropped as `fragment_held`.
 */
export class FragmentTable {
  readonly #mask: number;
  readonly #timeoutUs: number;
  readonly #holdUs: number;
  readonly #keys: Uint32Array;
  readonly #state: Uint8Array;
  readonly #protocols: Uint8Array;
  readonly #srcPorts: Uint16Array;
  readonly #dstPorts: Uint16Array;
  readonly #sinceUs: Float64Array;
  /** Payload bytes seen, and those of the whole datagram (0 until the last fragment was seen). */
  readonly #seenBytes: Float64Array;
  readonly #wholeBytes: Float64Array;
  /** Datagrams in state `HELD`. */
  #waiting = 0;
  /** Slots that `takeOrphan` has been through. */
  #scanned = 0;
  /** Slot of the datagram that was looked up last. With `serial`, how often the slot was given away, it names the datagram. */
  slot = 0;
  readonly #serials: Uint32Array;
  /** Of the fragment that is held first: MAC addresses, outer addresses. */
  readonly #macs: Float64Array;
  readonly #tunnelAddresses: Uint32Array;
  readonly #heldPackets: Float64Array;
  readonly #heldFrameBytes: Float64Array;
  readonly #heldL3Bytes: Float64Array;
  readonly #heldPayloadBytes: Float64Array;

  constructor({ capacity = 8192, timeoutUs = 30_000_000, holdUs = 1_000_000 }: FragmentTableOptions = {}) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(capacity, WAYS)));
    this.#mask = size / WAYS - 1;
    this.#timeoutUs = timeoutUs;
    this.#holdUs = holdUs;
    this.#keys = new Uint32Array(size * KEY_WORDS);
    this.#state = new Uint8Array(size);
    this.#protocols = new Uint8Array(size);
    this.#srcPorts = new Uint16Array(size);
    this.#dstPorts = new Uint16Array(size);
    this.#sinceUs = new Float64Array(size);
    this.#seenBytes = new Float64Array(size);
    this.#wholeBytes = new Float64Array(size);
    this.#serials = new Uint32Array(size);
    this.#macs = new Float64Array(size * 2);
    this.#tunnelAddresses = new Uint32Array(size * 8);
    this.#heldPackets = new Float64Array(size);
    this.#heldFrameBytes = new Float64Array(size);
    this.#heldL3Bytes = new Float64Array(size);
    this.#heldPayloadBytes = new Float64Array(size);
  }

  get serial(): number {
    return this.#serials[this.slot];
  }

  /**
   * The first fragment of a datagram, with its protocol and ports in `packet`. Later fragments that were held are added
   * to the `held...` fields of the packet. Returns false where another first fragment claimed the datagram before:
   * protocol and ports of the packet are then those of that one, and its own header is not to be trusted.
   *
   * @param kind IP version and, for IPv4, protocol: what belongs to the key besides addresses and id
   */
  first(packet: Packet, kind: number, id: number, payloadBytes: number): boolean {
    const slot = this.#slot(packet, kind, id);
    if (this.#state[slot] === KNOWN && !this.#complete(slot) && !this.#claims(slot, packet)) {
      this.#ports(slot, packet);
      return false;
    }
    if (this.#state[slot] === HELD) this.#release(slot, packet);
    else this.#seenBytes[slot] = this.#wholeBytes[slot] = 0;
    this.#state[slot] = KNOWN;
    this.#protocols[slot] = packet.protocol;
    this.#srcPorts[slot] = packet.srcPort;
    this.#dstPorts[slot] = packet.dstPort;
    this.#seenBytes[slot] += payloadBytes;
    return true;
  }

  /**
   * A fragment at `offset` bytes that is not the first. Returns true with protocol and ports written to `packet` where
   * the first one was seen; false where the fragment was added to those that wait for it.
   */
  later(packet: Packet, kind: number, id: number, offset: number, payloadBytes: number, more: boolean): boolean {
    const slot = this.#slot(packet, kind, id);
    this.#seenBytes[slot] += payloadBytes;
    if (!more) this.#wholeBytes[slot] = offset + payloadBytes;
    if (this.#state[slot] === KNOWN) {
      this.#ports(slot, packet);
      return true;
    }
    if (this.#state[slot] !== HELD) {
      this.#waiting++;
      this.#macs[2 * slot] = packet.srcMac;
      this.#macs[2 * slot + 1] = packet.dstMac;
      if (packet.tunnelType !== 0) this.#tunnelAddresses.set(packet.tunnelAddresses, 8 * slot);
    }
    this.#state[slot] = HELD;
    this.#protocols[slot] = packet.protocol;
    this.#heldPackets[slot]++;
    this.#heldFrameBytes[slot] += packet.frameBytes;
    this.#heldL3Bytes[slot] += packet.l3Bytes;
    this.#heldPayloadBytes[slot] += payloadBytes;
    return false;
  }

  /**
   * Writes into `packet` the later fragments of one datagram that wait for longer than `holdUs`: without ports, the first
   * of them as the packet itself, the others as its held ones. False where there are none.
   */
  takeOrphan(packet: Packet, nowUs: number): boolean {
    if (this.#waiting === 0) return false;
    for (; this.#scanned < this.#state.length; this.#scanned++) {
      const slot = this.#scanned;
      if (this.#state[slot] !== HELD || nowUs - this.#sinceUs[slot] < this.#holdUs) continue;
      this.#writeOrphan(slot, packet);
      this.#clearHeld(slot);
      this.#state[slot] = EMPTY;
      return true;
    }
    this.#scanned = 0;
    return false;
  }

  #writeOrphan(slot: number, packet: Packet): void {
    const key = slot * KEY_WORDS;
    packet.reset();
    for (let word = 0; word < 8; word++) packet.addresses[word] = this.#keys[key + word];
    packet.ipVersion = this.#keys[key + 9] >>> 8;
    packet.site = this.#keys[key + 10];
    packet.srcMac = this.#macs[2 * slot];
    packet.dstMac = this.#macs[2 * slot + 1];
    this.#writePath(slot, packet);
    packet.protocol = this.#protocols[slot];
    packet.timeUs = this.#sinceUs[slot];
    packet.frameBytes = this.#heldFrameBytes[slot];
    packet.l3Bytes = this.#heldL3Bytes[slot];
    packet.payloadBytes = this.#heldPayloadBytes[slot];
    packet.laterFragment = true;
    packet.heldPackets = this.#heldPackets[slot] - 1;
    packet.heldFrameBytes = packet.heldL3Bytes = packet.heldPayloadBytes = 0;
  }

  #writePath(slot: number, packet: Packet): void {
    const path = this.#keys[slot * KEY_WORDS + 11];
    packet.vlan = path & 0xfff;
    packet.tunnelTier = (path >>> 12) & 15;
    packet.tunnelType = (path >>> 16) as Tunnel;
    packet.tunnelId = this.#keys[slot * KEY_WORDS + 12];
    for (let word = 0; word < 8; word++) packet.tunnelAddresses[word] = this.#tunnelAddresses[8 * slot + word];
  }

  #complete(slot: number): boolean {
    return this.#wholeBytes[slot] !== 0 && this.#seenBytes[slot] >= this.#wholeBytes[slot];
  }

  #claims(slot: number, packet: Packet): boolean {
    return this.#srcPorts[slot] === packet.srcPort && this.#dstPorts[slot] === packet.dstPort;
  }

  #ports(slot: number, packet: Packet): void {
    packet.protocol = this.#protocols[slot];
    packet.srcPort = this.#srcPorts[slot];
    packet.dstPort = this.#dstPorts[slot];
  }

  #release(slot: number, packet: Packet): void {
    if (packet.heldPackets === 0) packet.heldFrameBytes = packet.heldL3Bytes = packet.heldPayloadBytes = 0;
    packet.heldPackets += this.#heldPackets[slot];
    packet.heldFrameBytes += this.#heldFrameBytes[slot];
    packet.heldL3Bytes += this.#heldL3Bytes[slot];
    packet.heldPayloadBytes += this.#heldPayloadBytes[slot];
    this.#clearHeld(slot);
  }

  #clearHeld(slot: number): void {
    if (this.#state[slot] === HELD) this.#waiting--;
    this.#heldPackets[slot] = this.#heldFrameBytes[slot] = 0;
    this.#heldL3Bytes[slot] = this.#heldPayloadBytes[slot] = 0;
  }

  /** Slot of the datagram; a new one (state `EMPTY`) where it is not known or too old. */
  #slot(packet: Packet, kind: number, id: number): number {
    this.slot = this.#find(packet, kind, id);
    return this.slot;
  }

  #find(packet: Packet, kind: number, id: number): number {
    const { addresses, timeUs, site } = packet;
    const place = (site << 16) ^ Math.imul(pathOf(packet), 0x27d4eb2f) ^ tunnelIdOf(packet);
    const bucket = (hash(addresses, kind, id ^ place) & this.#mask) * WAYS;
    let oldest = bucket;
    for (let slot = bucket; slot < bucket + WAYS; slot++) {
      if (this.#state[slot] !== EMPTY && this.#isKey(slot, packet, kind, id)) {
        if (timeUs - this.#sinceUs[slot] > this.#timeoutUs) this.#claim(slot, packet, kind, id);
        return slot;
      }
      if (this.#state[slot] === EMPTY) oldest = slot;
      else if (this.#state[oldest] !== EMPTY && this.#sinceUs[slot] < this.#sinceUs[oldest]) oldest = slot;
    }
    this.#claim(oldest, packet, kind, id);
    return oldest;
  }

  #isKey(slot: number, packet: Packet, kind: number, id: number): boolean {
    const { addresses, site } = packet;
    const key = slot * KEY_WORDS;
    if (this.#keys[key + 8] !== id || this.#keys[key + 9] !== kind || this.#keys[key + 10] !== site) return false;
    if (this.#keys[key + 11] !== pathOf(packet) || this.#keys[key + 12] !== tunnelIdOf(packet)) return false;
    for (let word = 0; word < 8; word++) if (this.#keys[key + word] !== addresses[word]) return false;
    return true;
  }

  #claim(slot: number, packet: Packet, kind: number, id: number): void {
    const { addresses, site, timeUs } = packet;
    const key = slot * KEY_WORDS;
    for (let word = 0; word < 8; word++) this.#keys[key + word] = addresses[word];
    this.#keys[key + 8] = id;
    this.#keys[key + 9] = kind;
    this.#keys[key + 10] = site;
    this.#keys[key + 11] = pathOf(packet);
    this.#keys[key + 12] = tunnelIdOf(packet);
    this.#clearHeld(slot);
    this.#serials[slot]++;
    this.#state[slot] = EMPTY;
    this.#sinceUs[slot] = timeUs;
    this.#seenBytes[slot] = this.#wholeBytes[slot] = 0;
  }
}

/** VLAN, tier and type of the tunnel: the same addresses in two networks are two hosts. */
function pathOf({ vlan, outerVlan, tunnelTier, tunnelType }: Packet): number {
  return (vlan !== 0 ? vlan : outerVlan) | (tunnelTier << 12) | (tunnelType << 16);
}

function tunnelIdOf({ tunnelType, tunnelId }: Packet): number {
  return tunnelType === 0 ? 0 : tunnelId >>> 0;
}

function hash(addresses: Uint32Array, kind: number, id: number): number {
  let h = Math.imul(id ^ kind, 0x9e3779b1);
  for (let word = 0; word < 8; word++) h = Math.imul(h ^ addresses[word], 0x85ebca6b) ^ (h >>> 15);
  return (h ^ (h >>> 13)) >>> 0;
}
