import { ICMP, ICMPV6, type Packet, Tunnel } from '@flowloom/packet';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import { HIGH_ADDRESS, HIGH_UPPER, INTERFACE, LOW_ADDRESS, LOW_UPPER, META, PORTS, TUNNEL_ID } from './layout.ts';

/** Of `meta`: protocol and IP version, and how far VLAN and tunnel are shifted. */
const ENDS_MASK = 0x3ff;
const PATH_SHIFT = 10;

/**
 * What makes packets one flow, in either direction: interface, VLAN, tunnel, IP version, protocol and both ends, the lower
 * one first. ICMP echoes are told apart by their identifier, which stands in place of the ports. Ids of tunnels that
 * differ by direction are no part of it: GTP-U's and L2TP's name the receiver's end. One object is filled again for every
 * packet; its words are signed integers, which need no box.
 */
export class FlowKey {
  /** The packet's source is the lower end. */
  sourceIsLow = true;
  low = 0;
  high = 0;
  /** Ports of the lower and the higher end. */
  ports = 0;
  /** protocol | IP version << 8 | VLAN << 10 | tunnel type << 22 | tunnel tier << 27, clipped to 3 bits. */
  meta = 0;
  tunnelId = 0;
  interfaceIndex = 0;
  hash = 0;
  /** Upper words of both ends; only valid for IPv6. */
  readonly upper = new Uint32Array(6);
  readonly #seed: number;

  /** A secret seed keeps others from choosing addresses that collide; nothing that is reported depends on it. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Takes the key of a packet. */
  take(packet: Packet, interfaceIndex: number): void {
    const { protocol } = packet;
    const isEcho = protocol === ICMP || protocol === ICMPV6;
    const source = isEcho ? packet.icmpId : packet.srcPort;
    const destination = isEcho ? packet.icmpId : packet.dstPort;
    this.#set(packet, interfaceIndex, packet.addresses, packet.ipVersion, protocol, source, destination);
  }

  /** Takes the key of the packet that an ICMP error quotes. */
  takeQuoted(packet: Packet, interfaceIndex: number): void {
    const { quotedAddresses, quotedIpVersion, quotedProtocol, quotedSrcPort, quotedDstPort } = packet;
    this.#set(packet, interfaceIndex, quotedAddresses, quotedIpVersion, quotedProtocol, quotedSrcPort, quotedDstPort);
  }

  matches(u32: Uint32Array, base: number): boolean {
    if (
      (u32[base + LOW_ADDRESS] | 0) !== this.low ||
      (u32[base + HIGH_ADDRESS] | 0) !== this.high ||
      (u32[base + PORTS] | 0) !== this.ports ||
      (u32[base + META] | 0) !== this.meta ||
      (u32[base + TUNNEL_ID] | 0) !== this.tunnelId ||
      u32[base + INTERFACE] !== this.interfaceIndex
    ) {
      return false;
    }
    return (this.meta & (2 << 8)) === 0 || this.#matchesUpper(u32, base);
  }

  /** VLAN and tunnel: what two directions of one flow may differ in (other-way.ts). */
  get path(): number {
    return this.meta >>> PATH_SHIFT;
  }

  /** Hash of the ends, the protocol and the place alone. */
  endsHash(): number {
    let hash = Math.imul(this.low ^ this.#seed, 0x85ebca6b) ^ Math.imul(this.high + this.#seed, 0xc2b2ae35);
    hash = Math.imul((hash ^ (hash >>> 15)) + this.ports, 0x27d4eb2f);
    hash = Math.imul((hash ^ (hash >>> 13)) + (this.meta & ENDS_MASK) + this.interfaceIndex, 0x165667b1);
    return (hash ^ (hash >>> 14)) >>> 0;
  }

  /** As `matches`, whatever VLAN and tunnel. */
  matchesEnds(u32: Uint32Array, base: number): boolean {
    return (
      (u32[base + LOW_ADDRESS] | 0) === this.low &&
      (u32[base + HIGH_ADDRESS] | 0) === this.high &&
      (u32[base + PORTS] | 0) === this.ports &&
      (u32[base + META] & ENDS_MASK) === (this.meta & ENDS_MASK) &&
      u32[base + INTERFACE] === this.interfaceIndex &&
      ((this.meta & (2 << 8)) === 0 || this.#matchesUpper(u32, base))
    );
  }

  store(memory: FlowMemory, slot: number): void {
    const { u32 } = memory;
    const base = baseOf(slot);
    u32[base + LOW_ADDRESS] = this.low;
    u32[base + HIGH_ADDRESS] = this.high;
    u32[base + PORTS] = this.ports;
    u32[base + META] = this.meta;
    u32[base + TUNNEL_ID] = this.tunnelId;
    u32[base + INTERFACE] = this.interfaceIndex;
    if ((this.meta & (2 << 8)) !== 0) u32.set(this.upper, base + LOW_UPPER);
    else if ((this.meta & (1 << 8)) !== 0) u32[base + LOW_UPPER + 2] = u32[base + HIGH_UPPER + 2] = 0xffff;
  }

  #set(
    packet: Packet,
    interfaceIndex: number,
    addresses: Uint32Array,
    ipVersion: number,
    protocol: number,
    source: number,
    destination: number,
  ): void {
    const from = addresses[3];
    const to = addresses[7];
    let hash = this.#seed ^ protocol;
    let version = 0;
    if (ipVersion === 6) {
      version = 2;
      this.sourceIsLow = isLow6(addresses, source <= destination);
      hash = this.#takeUpper(addresses, hash);
    } else {
      version = ipVersion === 4 ? 1 : 0;
      this.sourceIsLow = from === to ? source <= destination : from < to;
    }
    const { sourceIsLow } = this;
    const low = (sourceIsLow ? from : to) | 0;
    const high = (sourceIsLow ? to : from) | 0;
    const ports = sourceIsLow ? (source << 16) | destination : (destination << 16) | source;
    const tunnel = packet.tunnelType;
    const hasOneId = tunnel !== Tunnel.none && tunnel !== Tunnel.gtp && tunnel !== Tunnel.l2tp;
    const tunnelId = hasOneId ? packet.tunnelId | 0 : 0;
    const meta =
      protocol | (version << 8) | (packet.vlan << 10) | (tunnel << 22) | (Math.min(packet.tunnelTier, 7) << 27);
    this.low = low;
    this.high = high;
    this.ports = ports;
    this.tunnelId = tunnelId;
    this.meta = meta;
    this.interfaceIndex = interfaceIndex;
    hash = (Math.imul(hash ^ low, 0x85ebca6b) + Math.imul((this.#seed + high) | 0, 0xc2b2ae35)) | 0;
    hash = Math.imul(((hash ^ (hash >>> 15)) + ports) | 0, 0x27d4eb2f);
    hash = Math.imul(((hash ^ (hash >>> 13)) + meta + tunnelId + interfaceIndex) | 0, 0x165667b1);
    this.hash = hash ^ (hash >>> 14);
  }

  #takeUpper(addresses: Uint32Array, hash: number): number {
    const { upper } = this;
    const first = this.sourceIsLow ? 0 : 4;
    for (let i = 0; i < 3; i++) {
      upper[i] = addresses[first + i];
      upper[3 + i] = addresses[4 - first + i];
      hash = Math.imul(hash ^ upper[i], 0x9e3779b1) ^ Math.imul((hash >>> 16) + upper[3 + i], 0x85ebca6b);
    }
    return hash;
  }

  #matchesUpper(u32: Uint32Array, base: number): boolean {
    const { upper } = this;
    for (let i = 0; i < 6; i++) if (u32[base + LOW_UPPER + i] !== upper[i]) return false;
    return true;
  }
}

/** The source is the lower end of an IPv6 packet. */
function isLow6(addresses: Uint32Array, otherwise: boolean): boolean {
  for (let i = 0; i < 4; i++) {
    if (addresses[i] !== addresses[4 + i]) return addresses[i] < addresses[4 + i];
  }
  return otherwise;
}
