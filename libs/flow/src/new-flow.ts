import { type Packet, TCP, Tunnel } from '@flowloom/packet';
import { FlowIdHash, hashText } from './flow-id.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import type { CaptureInterface, Ownership } from './interface.ts';
import * as f from './layout.ts';
import { observationPoint, observationPoints, type SideFacts } from './observation-point.ts';

const nothingKnown: SideFacts = { l2End: false, l3End: false, localMac: false, localIp: false };
/** The pod or virtual machine behind an interface of its own. */
const endBehind: SideFacts = { l2End: true, l3End: true, localMac: true, localIp: true };
const INTO_HOST = 1;
const rest = observationPoints.indexOf('rest');
const local = observationPoints.indexOf('local');

/** Fills in what a flow keeps from its first packet: identity, start, MAC addresses, tunnel and observation point. */
export class NewFlows {
  readonly #memory: FlowMemory;
  readonly #interfaces: readonly CaptureInterface[];
  /** Hash of agent and name of each interface. */
  readonly #seeds: number[] = [];
  readonly #id = new FlowIdHash();

  constructor(memory: FlowMemory, interfaces: readonly CaptureInterface[]) {
    this.#memory = memory;
    this.#interfaces = interfaces;
  }

  /** The key and the sides are already in the record; `side` sent the packet. */
  describe(slot: number, side: number, packet: Packet, interfaceIndex: number): void {
    const { u32, f64 } = this.#memory;
    const base = baseOf(slot);
    f64[(base + f.START) >> 1] = packet.timeUs;
    f64[(base + f.LAST) >> 1] = packet.timeUs;
    f64[(base + f.MAC + 2 * side) >> 1] = packet.srcMac;
    f64[(base + f.MAC + 2 * (side ^ 1)) >> 1] = packet.dstMac;
    if (packet.tunnelType !== 0) {
      u32.set(packet.tunnelAddresses, base + f.OUTER_ADDRESSES);
      u32[base + f.OUTER_ID] = packet.tunnelId;
      u32[base + f.OVN_PORTS] = packet.tunnelType === Tunnel.geneve ? ovnPorts(side, packet) : 0;
    }
    this.#identify(base, packet, interfaceIndex);
    u32[base + f.OBSERVATION_POINTS] = this.#points(side, packet, this.#interfaces[interfaceIndex]);
  }

  /** Key, start, agent and interface make the id; the sequence number tells two connections in one microsecond apart. */
  #identify(base: number, packet: Packet, interfaceIndex: number): void {
    const { u32 } = this.#memory;
    const id = this.#id;
    id.begin((this.#seeds[interfaceIndex] ??= this.#seedOf(this.#interfaces[interfaceIndex])));
    for (let i = f.LOW_ADDRESS; i <= f.TUNNEL_ID; i++) id.add(u32[base + i]);
    if (packet.ipVersion === 6) for (let i = f.LOW_UPPER; i < f.LOW_UPPER + 6; i++) id.add(u32[base + i]);
    id.addTime(packet.timeUs);
    id.add(packet.protocol === TCP && !packet.laterFragment ? packet.seq : 0);
    id.finish();
    u32[base + f.ID_HIGH] = id.high;
    u32[base + f.ID_LOW] = id.low;
  }

  #seedOf({ agent, name }: CaptureInterface): number {
    return hashText(`${agent}\n${name}`);
  }

  /** Codes of the observation point with side 0 as client, and with side 1. */
  #points(side: number, packet: Packet, { kind, ownership, leadsToEnd }: CaptureInterface): number {
    const sameMac = isOneHost(packet, ownership);
    if (ownership === undefined && kind === 'replay') return (sameMac ? local : rest) * 0x101;
    const known = leadsToEnd && packet.direction !== 0 ? behind(packet) : ownershipFacts(packet, ownership);
    const [side0, side1] = side === 0 ? known : [known[1], known[0]];
    const tunnelled = packet.tunnelTier > 0;
    const point = observationPoint(kind, side0, side1, tunnelled, sameMac);
    const reversed = observationPoint(kind, side1, side0, tunnelled, sameMac);
    return observationPoints.indexOf(point) | (observationPoints.indexOf(reversed) << 8);
  }
}

/**
 * Both ends are the same interface: one MAC address. Loopback has none (0), as have links without MAC addresses; there
 * the addresses tell.
 */
function isOneHost({ srcMac, dstMac, addresses }: Packet, ownership: Ownership | undefined): boolean {
  if (srcMac !== dstMac) return false;
  if (srcMac !== 0 || isSameAddress(addresses)) return true;
  if (isLoopback(addresses, 0) && isLoopback(addresses, 4)) return true;
  return ownership?.isLocalAddress(addresses, 0) === true && ownership.isLocalAddress(addresses, 4);
}

function isSameAddress(words: Uint32Array): boolean {
  return words[0] === words[4] && words[1] === words[5] && words[2] === words[6] && words[3] === words[7];
}

/** 127.0.0.0/8 (RFC 1122 3.2.1.3); ::1 has no second address. */
function isLoopback(words: Uint32Array, offset: number): boolean {
  return words[offset + 2] === 0xffff && words[offset + 3] >>> 24 === 127;
}

/** What came in is from the end behind the interface, what went out is for it, unless it is for all (IEEE 802 group bit). */
function behind({ direction, dstMac }: Packet): readonly [source: SideFacts, target: SideFacts] {
  if (direction === INTO_HOST) return [endBehind, nothingKnown];
  const isForAll = (Math.floor(dstMac / 2 ** 40) & 1) === 1;
  return [nothingKnown, isForAll ? nothingKnown : endBehind];
}

function ownershipFacts(
  { srcMac, dstMac, addresses }: Packet,
  ownership: Ownership | undefined,
): readonly [source: SideFacts, target: SideFacts] {
  if (ownership === undefined) return [nothingKnown, nothingKnown];
  return [factsOf(ownership, srcMac, addresses, 0), factsOf(ownership, dstMac, addresses, 4)];
}

function factsOf(ownership: Ownership, mac: number, words: Uint32Array, offset: number): SideFacts {
  return {
    l2End: ownership.isSegmentMac(mac),
    l3End: ownership.isSegmentEnd(mac, words, offset),
    localMac: ownership.isLocalMac(mac),
    localIp: ownership.isLocalAddress(words, offset),
  };
}

/** OVN names the sender's logical port as ingress, the receiver's as egress. */
function ovnPorts(side: number, { ovnIngressKey, ovnEgressKey }: Packet): number {
  return side === 0 ? (ovnIngressKey << 16) | ovnEgressKey : (ovnEgressKey << 16) | ovnIngressKey;
}
