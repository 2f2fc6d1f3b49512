import { Drop } from '../drop.ts';
import type { Layer } from '../layer.ts';
import { layerOf } from '../transport/ip-protocol.ts';
import type { Walk } from '../walk.ts';
import { readIpv4Addresses } from './addresses.ts';
import { firstFragment, laterFragment } from './fragment.ts';

/**
 * IPv4 header (RFC 791 3.1):
 *
 *     0              8        16                24              32
 *     | version, IHL |  TOS   |        total length (bytes)       |
 *     |        identification | flags (3), fragment offset (13)   |
 *     |     TTL      | protocol |        header checksum          |
 *     |                  source address                           |
 *     |               destination address                         |
 *     |                  options: IHL * 4 - 20 bytes              |
 *
 * The checksum is not looked at: offloading senders leave it wrong. A total length of 0 is a segment that the network
 * card is still to split (TSO, BIG TCP): it then reaches to the end of the frame.
 */
export function ipv4(walk: Walk): Layer {
  const { bytes, view, at, packet } = walk;
  if (walk.left() < 20) return walk.fail(Drop.truncated);
  const first = bytes[at];
  const headerBytes = (first & 15) << 2;
  const total = view.getUint16(at + 2) || walk.wireEnd - at;
  if (first >> 4 !== 4 || headerBytes < 20 || total < headerBytes) return walk.fail(Drop.malformed);

  walk.setWireEnd(at + total);
  readIpv4Addresses(packet.addresses, view, at);
  packet.ipVersion = 4;
  packet.ttl = bytes[at + 8];
  packet.l3Bytes = walk.wireEnd - at;
  packet.laterFragment = false;
  const protocol = bytes[at + 9];
  packet.protocol = protocol;
  walk.at = at + headerBytes;

  const fragment = view.getUint16(at + 6) & 0x3fff;
  if (fragment !== 0) {
    const id = view.getUint16(at + 4);
    const offset = (fragment & 0x1fff) << 3;
    const kind = 0x400 | protocol;
    return offset === 0
      ? firstFragment(walk, kind, id, walk.at)
      : laterFragment(walk, kind, id, offset, fragment >= 0x2000);
  }
  return walk.next(layerOf(protocol), 0, protocol);
}
