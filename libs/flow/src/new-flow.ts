import type { Packet } from '@flowloom/packet';
import { FlowIdHash, hashText } from './flow-id.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import type { CaptureInterface, Ownership } from './interface.ts';
import * as f from './layout.ts';
import { observationPoint, observationPoints, type SideFacts } from './observation-point.ts';

const nothingKnown: SideFacts = { l2End: false, l3End: false, localMac: false, localIp: false };
const id = new FlowIdHash();

/**
 * Fills in what a flow keeps from its first packet: identity, start, MAC addresses, tunnel and observation point. The key
 * and the sides are already in the record; `side` sent the packet.
 */
export function describeFlow(
  memory: FlowMemory,
  slot: number,
  side: number,
  packet: Packet,
  site: CaptureInterface,
): void {
  const { u32, f64 } = memory;
  const base = baseOf(slot);
  f64[(base + f.START) >> 1] = packet.timeUs;
  f64[(base + f.LAST) >> 1] = packet.timeUs;
  f64[(base + f.MAC + 2 * side) >> 1] = packet.srcMac;
  f64[(base + f.MAC + 2 * (side ^ 1)) >> 1] = packet.dstMac;
  if (packet.tunnelType !== 0) {
    memory.tunnelAddresses.set(packet.tunnelAddresses, 8 * slot);
    u32[base + f.OUTER_ID] = packet.tunnelId;
  }
  identify(memory, base, packet, site);
  const facts = [nothingKnown, nothingKnown];
  if (site.ownership !== undefined) {
    facts[side] = factsOf(site.ownership, packet.srcMac, packet.addresses, 0);
    facts[side ^ 1] = factsOf(site.ownership, packet.dstMac, packet.addresses, 4);
  }
  const sameMac = packet.srcMac === packet.dstMac && packet.srcMac !== 0;
  const tunnelled = packet.tunnelTier > 0;
  const point = observationPoint(site.kind, facts[0], facts[1], tunnelled, sameMac);
  const reversedPoint = observationPoint(site.kind, facts[1], facts[0], tunnelled, sameMac);
  u32[base + f.OBSERVATION_POINTS] = observationPoints.indexOf(point) | (observationPoints.indexOf(reversedPoint) << 8);
}

/** Key, start, agent and interface make the id; the sequence number tells two connections in one microsecond apart. */
function identify(memory: FlowMemory, base: number, packet: Packet, site: CaptureInterface): void {
  const { u32 } = memory;
  id.begin(hashText(site.agent));
  id.add(hashText(site.name));
  for (let i = f.LOW_ADDRESS; i <= f.TUNNEL_ID; i++) id.add(u32[base + i]);
  for (let i = f.LOW_UPPER; i < f.LOW_UPPER + 6; i++) id.add(u32[base + i]);
  id.addTime(packet.timeUs);
  id.add(packet.laterFragment ? 0 : packet.seq);
  id.finish();
  u32[base + f.ID_HIGH] = id.high;
  u32[base + f.ID_LOW] = id.low;
}

function factsOf(ownership: Ownership, mac: number, words: Uint32Array, offset: number): SideFacts {
  return {
    l2End: ownership.isSegmentMac(mac),
    l3End: ownership.isSegmentEnd(mac, words, offset),
    localMac: ownership.isLocalMac(mac),
    localIp: ownership.isLocalAddress(words, offset),
  };
}
