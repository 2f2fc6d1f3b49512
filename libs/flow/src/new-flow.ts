import type { Packet } from '@flowloom/packet';
import { FlowIdHash, hashText } from './flow-id.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import type { CaptureInterface, Ownership } from './interface.ts';
import * as f from './layout.ts';
import { observationPoint, observationPoints, type SideFacts } from './observation-point.ts';

const nothingKnown: SideFacts = { l2End: false, l3End: false, localMac: false, localIp: false };
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
    id.add(packet.laterFragment ? 0 : packet.seq);
    id.finish();
    u32[base + f.ID_HIGH] = id.high;
    u32[base + f.ID_LOW] = id.low;
  }

  #seedOf({ agent, name }: CaptureInterface): number {
    return hashText(`${agent}\n${name}`);
  }

  /** Codes of the observation point with side 0 as client, and with side 1. */
  #points(side: number, packet: Packet, { kind, ownership }: CaptureInterface): number {
    const sameMac = packet.srcMac === packet.dstMac && packet.srcMac !== 0;
    if (ownership === undefined && kind === 'replay') return (sameMac ? local : rest) * 0x101;
    const source = ownership === undefined ? nothingKnown : factsOf(ownership, packet.srcMac, packet.addresses, 0);
    const target = ownership === undefined ? nothingKnown : factsOf(ownership, packet.dstMac, packet.addresses, 4);
    const [side0, side1] = side === 0 ? [source, target] : [target, source];
    const tunnelled = packet.tunnelTier > 0;
    const point = observationPoint(kind, side0, side1, tunnelled, sameMac);
    const reversed = observationPoint(kind, side1, side0, tunnelled, sameMac);
    return observationPoints.indexOf(point) | (observationPoints.indexOf(reversed) << 8);
  }
}

function factsOf(ownership: Ownership, mac: number, words: Uint32Array, offset: number): SideFacts {
  return {
    l2End: ownership.isSegmentMac(mac),
    l3End: ownership.isSegmentEnd(mac, words, offset),
    localMac: ownership.isLocalMac(mac),
    localIp: ownership.isLocalAddress(words, offset),
  };
}
