import { ICMP, ICMPV6, type Packet } from '@flowloom/packet';

/**
 * Which of `count` flow tables a packet belongs to, where the flows of one capture are shared out: 0 .. count - 1, the same in
 * both directions of a flow, by addresses and ports (of an echo its identifier).
 */
export function shareOf(packet: Packet, count: number): number {
  const { addresses, icmpId, srcPort, dstPort } = packet;
  return isIcmp(packet) ? share(addresses, icmpId, icmpId, count) : share(addresses, srcPort, dstPort, count);
}

/** The same of the packet that an ICMP error quotes; -1 for any other packet. */
export function shareOfQuoted(packet: Packet, count: number): number {
  if (!isIcmp(packet) || packet.quotedIpVersion === 0) return -1;
  return share(packet.quotedAddresses, packet.quotedSrcPort, packet.quotedDstPort, count);
}

function isIcmp({ protocol }: Packet): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

function share(words: Uint32Array, source: number, destination: number, count: number): number {
  let hash = Math.imul(words[0] ^ words[4], 0x9e3779b1) ^ Math.imul(words[1] ^ words[5], 0x85ebca6b);
  hash ^= Math.imul(words[2] ^ words[6], 0xc2b2ae35) ^ Math.imul(words[3] ^ words[7], 0x27d4eb2f);
  hash =
    Math.imul(hash ^ (hash >>> 15) ^ (source ^ destination), 0x85ebca6b) + Math.imul(source + destination, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash >>> 16) * count) >>> 16;
}
