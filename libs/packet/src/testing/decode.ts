import { PacketDecoder, type PacketDecoderOptions } from '../decoder.ts';
import { Drop, dropNames } from '../drop.ts';
import { LinkType } from '../link/link-type.ts';
import { Packet } from '../packet.ts';
import { tunnelNames } from '../tunnel.ts';

export interface DecodeParts {
  linkType?: number;
  /** Captured part, default all of the frame. */
  captured?: number;
  options?: PacketDecoderOptions;
}

/** Decodes one frame with a decoder of its own. */
export function decode(frame: Uint8Array, parts: DecodeParts = {}): Packet {
  const packet = new Packet();
  const decoder = new PacketDecoder({ fragments: { capacity: 16 }, ...parts.options });
  decoder.decode(
    packet,
    frame,
    0,
    parts.captured ?? frame.length,
    frame.length,
    0,
    parts.linkType ?? LinkType.ethernet,
  );
  return packet;
}

/** The flow of a packet as text, `tcp 10.0.0.1:40000 > 10.0.0.2:80`, or `drop` and why. */
export function flowOf(packet: Packet): string {
  if (packet.drop !== Drop.none) return `drop ${dropNames[packet.drop]}`;
  const { addresses, ipVersion } = packet;
  const ends = `${end(addresses, 0, ipVersion, packet.srcPort)} > ${end(addresses, 4, ipVersion, packet.dstPort)}`;
  return `${protocols[packet.protocol] ?? packet.protocol} ${ends}`;
}

/** The outermost tunnel of a packet as text, `vxlan 5 10.0.0.1 > 10.0.0.2 tier 1`, or `none`. */
export function tunnelOf(packet: Packet): string {
  const { tunnelAddresses, tunnelType } = packet;
  if (tunnelType === 0) return 'none';
  const version = tunnelAddresses[2] === 0xffff ? 4 : 6;
  const ends = `${address(tunnelAddresses, 0, version)} > ${address(tunnelAddresses, 4, version)}`;
  return `${tunnelNames[tunnelType]} ${packet.tunnelId} ${ends} tier ${packet.tunnelTier}`;
}

const protocols: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6', 132: 'sctp' };

function end(addresses: Uint32Array, from: number, version: number, port: number): string {
  return port === 0 ? address(addresses, from, version) : `${address(addresses, from, version)}:${port}`;
}

function address(addresses: Uint32Array, from: number, version: number): string {
  if (version === 4) return [24, 16, 8, 0].map((shift) => (addresses[from + 3] >>> shift) & 255).join('.');
  const words = [...addresses.subarray(from, from + 4)].flatMap((word) => [word >>> 16, word & 0xffff]);
  return new URL(`http://[${words.map((word) => word.toString(16)).join(':')}]`).hostname;
}
