import type { Packet } from './packet.ts';
import { ICMP, ICMPV6 } from './protocol.ts';

/**
 * Which of `count` flow tables a packet belongs to, where the flows of one capture are shared out: 0 .. count - 1, the same in
 * both directions of a flow, by addresses and ports (of an echo its identifier).
 */
export function shareOf(packet: Packet, count: number): number {
  const { addresses, icmpId, srcPort, dstPort } = packet;
  return isIcmp(packet)
    ? shareOfWords(addresses, icmpId, icmpId, count)
    : shareOfWords(addresses, srcPort, dstPort, count);
}

/** The same of the packet that an ICMP error quotes; -1 for any other packet. */
export function shareOfQuoted(packet: Packet, count: number): number {
  if (!isIcmp(packet) || packet.quotedIpVersion === 0) return -1;
  return shareOfWords(packet.quotedAddresses, packet.quotedSrcPort, packet.quotedDstPort, count);
}

function isIcmp({ protocol }: Packet): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

function shareOfWords(words: Uint32Array, srcPort: number, dstPort: number, count: number): number {
  const high = words[0] ^ words[4];
  const low = words[2] ^ words[6];
  return shareOfEnds(high, words[1] ^ words[5], low, words[3] ^ words[7], srcPort, dstPort, count);
}

/** The same by what differs between both addresses, from the highest word to the lowest; of IPv4 addresses (::ffff:a.b.c.d) only that. */
export function shareOfEnds(
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  srcPort: number,
  dstPort: number,
  count: number,
): number {
  let hash = Math.imul(word0, 0x9e3779b1) ^ Math.imul(word1, 0x85ebca6b);
  hash ^= Math.imul(word2, 0xc2b2ae35) ^ Math.imul(word3, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15) ^ (srcPort ^ dstPort), 0x85ebca6b) + Math.imul(srcPort + dstPort, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash >>> 16) * count) >>> 16;
}
