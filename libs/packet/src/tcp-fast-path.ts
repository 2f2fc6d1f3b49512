import { shareOfIpv4 } from './flow-share.ts';
import { type Packet, SYN } from './packet.ts';
import { TCP } from './protocol.ts';
import { windowScale } from './transport/tcp.ts';

const ETHERNET_BYTES = 14;
const TAG_BYTES = 4;
const VLAN = 0x8100;
const IP_BYTES = 20;
const TCP_BYTES = 20;
/** EtherType IPv4, version 4 and header of 20 bytes, as they stand in the frame. */
const PLAIN_IPV4 = 0x0800_4500;

/**
 * Where the IPv4 header begins in the frame of a whole TCP segment in IPv4 without options, in Ethernet with one VLAN tag or none:
 * most of all traffic. 0 where the frame is anything else: fragments, super-segments, cut or damaged headers, the port of a tunnel.
 *
 * @param frameBytes length of the frame on the wire
 */
export function plainTcp(view: DataView, at: number, end: number, frameBytes: number, sttPort: number): number {
  if (at + ETHERNET_BYTES + TAG_BYTES > end) return 0;
  const ip = at + ETHERNET_BYTES + (view.getUint16(at + 12) === VLAN ? TAG_BYTES : 0);
  const tcp = ip + IP_BYTES;
  if (tcp + TCP_BYTES > end) return 0;
  if ((view.getInt32(ip - 2) & ~0xff) !== PLAIN_IPV4 || view.getUint8(ip + 9) !== TCP) return 0;
  if ((view.getUint16(ip + 6) & 0x3fff) !== 0 || view.getUint16(tcp + 2) === sttPort) return 0;
  const total = view.getUint16(ip + 2);
  const headerBytes = (view.getUint8(tcp + 12) >>> 4) << 2;
  if (headerBytes < TCP_BYTES || total < IP_BYTES + headerBytes || tcp + headerBytes > end) return 0;
  return ip - at + total > frameBytes ? 0 : ip;
}

/**
 * Decodes a segment that `plainTcp` knows, in one step instead of one per layer, with the same result (`ethernet`, `etherType`,
 * `ipv4`, `tcp` tell the layouts). Returns false, with nothing written, where the frame is anything else.
 *
 * @param view the same memory as `packet.bytes`
 */
export function tcpFastPath(packet: Packet, view: DataView, at: number, end: number, sttPort: number): boolean {
  const ip = plainTcp(view, at, end, packet.frameBytes, sttPort);
  if (ip === 0) return false;
  const isTagged = ip !== at + ETHERNET_BYTES;
  const tcp = ip + IP_BYTES;
  const total = view.getUint16(ip + 2);
  const ports = view.getInt32(tcp);
  const offsetFlagsWindow = view.getInt32(tcp + 12);
  const headerBytes = (offsetFlagsWindow >>> 28) << 2;

  packet.drop = 0;
  packet.dstMac = view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2);
  packet.srcMac = view.getUint16(at + 6) * 0x1_0000_0000 + view.getUint32(at + 8);
  packet.vlan = isTagged ? view.getUint16(at + ETHERNET_BYTES) & 0x0fff : 0;
  packet.ipVersion = 4;
  packet.protocol = TCP;
  const { addresses } = packet;
  addresses[0] = 0;
  addresses[1] = 0;
  addresses[2] = 0xffff;
  addresses[3] = view.getInt32(ip + 12);
  addresses[4] = 0;
  addresses[5] = 0;
  addresses[6] = 0xffff;
  addresses[7] = view.getInt32(ip + 16);
  packet.ttl = view.getUint8(ip + 8);
  packet.l3Bytes = total;
  packet.laterFragment = false;
  packet.srcPort = ports >>> 16;
  packet.dstPort = ports & 0xffff;
  packet.seq = view.getUint32(tcp + 4);
  packet.ack = view.getUint32(tcp + 8);
  const flags = (offsetFlagsWindow >>> 16) & 0xff;
  packet.tcpFlags = flags;
  packet.window = offsetFlagsWindow & 0xffff;
  const payload = tcp + headerBytes;
  packet.payloadBytes = total - IP_BYTES - headerBytes;
  packet.payloadStart = payload;
  packet.payloadEnd = ip + total < end ? ip + total : end;
  packet.optionsStart = tcp + TCP_BYTES;
  packet.optionsBytes = headerBytes - TCP_BYTES;
  packet.windowScale = (flags & SYN) !== 0 ? windowScale(packet.bytes, tcp + TCP_BYTES, payload) : -1;
  packet.tunnelType = 0;
  packet.tunnelTier = 0;
  return true;
}

/** The share (`shareOf`) of a segment whose IPv4 header `plainTcp` has found. */
export function shareOfTcp(view: DataView, ip: number, count: number): number {
  const tcp = ip + IP_BYTES;
  return shareOfIpv4(
    view.getInt32(ip + 12),
    view.getInt32(ip + 16),
    view.getUint16(tcp),
    view.getUint16(tcp + 2),
    count,
  );
}
