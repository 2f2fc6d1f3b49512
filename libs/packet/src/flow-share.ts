import type { Packet } from './packet.ts';
import { ICMP, ICMPV6 } from './protocol.ts';

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

/** The same of a TCP segment between two IPv4 addresses. */
export function shareOfIpv4(source: number, destination: number, srcPort: number, dstPort: number, count: number) {
  return reduced(Math.imul(source ^ destination, LAST_WORD), srcPort, dstPort, count);
}

function isIcmp({ protocol }: Packet): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/** Multiplies the last word of an address: IPv4 addresses differ in that alone. */
const LAST_WORD = 0x27d4eb2f;

function share(words: Uint32Array, srcPort: number, dstPort: number, count: number): number {
  const first = Math.imul(words[0] ^ words[4], 0x9e3779b1) ^ Math.imul(words[1] ^ words[5], 0x85ebca6b);
  const last = Math.imul(words[2] ^ words[6], 0xc2b2ae35) ^ Math.imul(words[3] ^ words[7], LAST_WORD);
  return reduced(first ^ last, srcPort, dstPort, count);
}

function reduced(addresses: number, srcPort: number, dstPort: number, count: number): number {
  let hash = addresses ^ (addresses >>> 15) ^ (srcPort ^ dstPort);
  hash = Math.imul(hash, 0x85ebca6b) + Math.imul(srcPort + dstPort, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash >>> 16) * count) >>> 16;
}
