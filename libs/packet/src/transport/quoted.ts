import { u16 } from '../bytes.ts';
import { readIpv4Addresses, readIpv6Addresses } from '../ip/addresses.ts';
import { AH, FRAGMENT, hasPorts, isExtension } from '../protocol.ts';
import type { Walk } from '../walk.ts';

/**
 * The packet that an ICMP error at `walk.at` quotes after its own 8 bytes: IP header and at least 8 bytes more (RFC 792,
 * RFC 4443 2.4 (c)). Often cut or with a header length that says more than is there: read as far as it goes.
 */
export function quoted(walk: Walk): void {
  const { bytes, end } = walk;
  const at = walk.at + 8;
  if (at >= end) return;
  const version = bytes[at] >> 4;
  if (version === 4) quotedIpv4(walk, at);
  else if (version === 6) quotedIpv6(walk, at);
}

function quotedIpv4(walk: Walk, at: number): void {
  const { bytes, packet } = walk;
  const headerBytes = (bytes[at] & 15) << 2;
  if (walk.end - at < 20 || headerBytes < 20) return;
  readIpv4Addresses(packet.quotedAddresses, walk.view, at);
  packet.quotedIpVersion = 4;
  const isLater = (u16(bytes, at + 6) & 0x1fff) !== 0;
  quotedPorts(walk, bytes[at + 9], isLater ? walk.end : at + headerBytes);
}

function quotedIpv6(walk: Walk, at: number): void {
  const { bytes, end, packet } = walk;
  if (end - at < 40) return;
  readIpv6Addresses(packet.quotedAddresses, walk.view, at);
  packet.quotedIpVersion = 6;
  let protocol = bytes[at + 6];
  let next = at + 40;
  while (isExtension(protocol) && end - next >= 8) {
    const header = next;
    if (protocol === FRAGMENT) {
      const isLater = (u16(bytes, header + 2) & 0xfff8) !== 0;
      next = isLater ? end : header + 8;
    } else {
      next = header + (protocol === AH ? (bytes[header + 1] + 2) << 2 : (bytes[header + 1] + 1) << 3);
    }
    protocol = bytes[header];
  }
  quotedPorts(walk, protocol, next);
}

function quotedPorts(walk: Walk, protocol: number, at: number): void {
  const { bytes, packet } = walk;
  const known = hasPorts(protocol) && walk.end - at >= 4;
  packet.quotedProtocol = protocol;
  packet.quotedSrcPort = known ? u16(bytes, at) : 0;
  packet.quotedDstPort = known ? u16(bytes, at + 2) : 0;
}
