import { shareOfEnds } from './flow-share.ts';
import { readIpv4Addresses, readIpv6Addresses } from './ip/addresses.ts';
import { type Packet, SYN } from './packet.ts';
import { TCP } from './protocol.ts';
import { windowScale } from './transport/tcp.ts';

// Most of all traffic is TCP in plain IP in plain Ethernet: such segments are decoded in one step instead of one per layer, with the
// same result (`ethernet`, `etherType`, `ipv4`, `ipv6`, `tcp` tell the layouts), in the frame itself and in the innermost one of tunnels.

export const ETHERNET_BYTES = 14;
export const TAG_BYTES = 4;
const VLAN = 0x8100;
export const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const TCP_BYTES = 20;
/** EtherType IPv4, version 4 and header of 20 bytes, as they stand in the frame. */
const PLAIN_IPV4 = 0x0800_4500;
const ANY_TOS = ~0xff;
/** EtherType IPv6 and version 6. */
const PLAIN_IPV6 = 0x86dd_6000 | 0;
const ANY_CLASS = ~0xfff;

/** Where the network header of an Ethernet frame with one VLAN tag or none begins. */
export const networkAt = (view: DataView, at: number): number =>
  at + ETHERNET_BYTES + (view.getUint16(at + 12) === VLAN ? TAG_BYTES : 0);

/** By the four bytes of EtherType, version and TOS: IPv4 without options. */
export const isPlainIpv4 = (typeAndVersion: number): boolean => (typeAndVersion & ANY_TOS) === PLAIN_IPV4;

/**
 * Where the IP header begins in an Ethernet frame at `at` with one VLAN tag or none, if it holds a whole TCP segment in IPv4 without
 * options or IPv6 without extension headers. 0 where it is anything else: fragments, super-segments, cut or damaged headers, the
 * port of a tunnel.
 *
 * @param end of the captured part, `wireEnd` of the frame as it was on the wire
 */
export function plainTcp(view: DataView, at: number, end: number, wireEnd: number, sttPort: number): number {
  if (at + ETHERNET_BYTES + TAG_BYTES + IPV4_BYTES > end) return 0;
  const ip = networkAt(view, at);
  const typeAndVersion = view.getInt32(ip - 2);
  let ipBytes = IPV4_BYTES;
  let total: number;
  if (isPlainIpv4(typeAndVersion)) {
    if (view.getUint8(ip + 9) !== TCP || (view.getUint16(ip + 6) & 0x3fff) !== 0) return 0;
    total = view.getUint16(ip + 2);
  } else if ((typeAndVersion & ANY_CLASS) === PLAIN_IPV6) {
    if (view.getUint8(ip + 6) !== TCP) return 0;
    ipBytes = IPV6_BYTES;
    total = IPV6_BYTES + view.getUint16(ip + 4);
  } else return 0;
  const tcp = ip + ipBytes;
  if (tcp + TCP_BYTES > end || ip + total > wireEnd || view.getUint16(tcp + 2) === sttPort) return 0;
  const headerBytes = (view.getUint8(tcp + 12) >>> 4) << 2;
  if (headerBytes < TCP_BYTES || total < ipBytes + headerBytes || tcp + headerBytes > end) return 0;
  return ip;
}

/**
 * Writes all that the Ethernet frame at `at` tells of a segment whose IP header `plainTcp` has found at `ip`. Fields of tunnels, and the
 * VLAN where this frame has no tag, stay as they are.
 *
 * @param view the same memory as `packet.bytes`
 */
export function readPlainTcp(packet: Packet, view: DataView, at: number, ip: number, end: number): void {
  packet.dstMac = view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2);
  packet.srcMac = view.getUint16(at + 6) * 0x1_0000_0000 + view.getUint32(at + 8);
  if (ip !== at + ETHERNET_BYTES) packet.vlan = view.getUint16(at + ETHERNET_BYTES) & 0x0fff;
  let tcp: number;
  let total: number;
  if (isIpv4(view, ip)) {
    readIpv4Addresses(packet.addresses, view, ip);
    packet.ipVersion = 4;
    packet.ttl = view.getUint8(ip + 8);
    total = view.getUint16(ip + 2);
    tcp = ip + IPV4_BYTES;
  } else {
    readIpv6Addresses(packet.addresses, view, ip);
    packet.ipVersion = 6;
    packet.ttl = view.getUint8(ip + 7);
    total = IPV6_BYTES + view.getUint16(ip + 4);
    tcp = ip + IPV6_BYTES;
  }
  const ports = view.getInt32(tcp);
  const offsetFlagsWindow = view.getInt32(tcp + 12);
  const headerBytes = (offsetFlagsWindow >>> 28) << 2;
  packet.protocol = TCP;
  packet.laterFragment = false;
  packet.l3Bytes = total;
  packet.srcPort = ports >>> 16;
  packet.dstPort = ports & 0xffff;
  packet.seq = view.getUint32(tcp + 4);
  packet.ack = view.getUint32(tcp + 8);
  const flags = (offsetFlagsWindow >>> 16) & 0xff;
  packet.tcpFlags = flags;
  packet.window = offsetFlagsWindow & 0xffff;
  const payload = tcp + headerBytes;
  packet.payloadBytes = ip + total - payload;
  packet.payloadStart = payload;
  packet.payloadEnd = ip + total < end ? ip + total : end;
  packet.optionsStart = tcp + TCP_BYTES;
  packet.optionsBytes = headerBytes - TCP_BYTES;
  packet.windowScale = (flags & SYN) !== 0 ? windowScale(packet.bytes, tcp + TCP_BYTES, payload) : -1;
}

/** The share (`shareOf`) of a segment whose IP header `plainTcp` has found. */
export function shareOfPlainTcp(view: DataView, ip: number, count: number): number {
  if (isIpv4(view, ip)) {
    const tcp = ip + IPV4_BYTES;
    const differing = view.getInt32(ip + 12) ^ view.getInt32(ip + 16);
    return shareOfEnds(0, 0, 0, differing, view.getUint16(tcp), view.getUint16(tcp + 2), count);
  }
  const tcp = ip + IPV6_BYTES;
  return shareOfEnds(
    view.getInt32(ip + 8) ^ view.getInt32(ip + 24),
    view.getInt32(ip + 12) ^ view.getInt32(ip + 28),
    view.getInt32(ip + 16) ^ view.getInt32(ip + 32),
    view.getInt32(ip + 20) ^ view.getInt32(ip + 36),
    view.getUint16(tcp),
    view.getUint16(tcp + 2),
    count,
  );
}

const isIpv4 = (view: DataView, ip: number): boolean => view.getUint8(ip) === 0x45;
