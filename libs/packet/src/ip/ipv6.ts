import { u16, u32 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import type { Layer } from '../layer.ts';
import { AH, FRAGMENT, HOP_BY_HOP, isExtension } from '../protocol.ts';
import { layerOf } from '../transport/ip-protocol.ts';
import type { Walk } from '../walk.ts';
import { readIpv6Addresses } from './addresses.ts';
import { firstFragment, laterFragment } from './fragment.ts';

/** Extension headers of one packet: as many as fill an Ethernet frame. RFC 8200 4.1 knows seven in a row. */
const MAX_EXTENSIONS = 256;

/**
 * IPv6 header (RFC 8200 3):
 *
 *     0              4                 12                            32
 *     | version (4)  | traffic class   |        flow label (20)      |
 *     |      payload length            | next header |  hop limit    |
 *     |                    source address (16 bytes)                 |
 *     |                 destination address (16 bytes)               |
 *
 * A payload length of 0 is a jumbogram (RFC 2675) or a segment that the network card is still to split: without a jumbo
 * option it reaches to the end of the frame.
 */
export function ipv6(walk: Walk): Layer {
  const { bytes, view, at, packet } = walk;
  if (walk.left() < 40) return walk.fail(Drop.truncated);
  if (bytes[at] >> 4 !== 6) return walk.fail(Drop.malformed);
  const length = view.getUint16(at + 4);
  if (length !== 0) walk.setWireEnd(at + 40 + length);

  readIpv6Addresses(packet.addresses, view, at);
  packet.ipVersion = 6;
  packet.ttl = bytes[at + 7];
  packet.l3Bytes = walk.wireEnd - at;
  packet.laterFragment = false;
  const protocol = bytes[at + 6];
  packet.protocol = protocol;
  walk.at = at + 40;
  return isExtension(protocol) ? extensions(walk, protocol, at) : walk.next(layerOf(protocol), 0, protocol);
}

/**
 * Extension headers (RFC 8200 4.2): next header, length in 8-byte units without the first 8 bytes, content. The
 * authentication header counts 4-byte units without the first 8 bytes (RFC 4302 2.2), the fragment header is always
 * 8 bytes: next header, reserved, offset (13 bits) and more-fragments flag, 32-bit identification (4.5).
 */
function extensions(walk: Walk, protocol: number, ipStart: number): Layer {
  const { bytes, packet } = walk;
  let fragmentId = -1;
  let fragmentStart = 0;
  for (let headers = 0; isExtension(protocol); headers++) {
    if (headers === MAX_EXTENSIONS) return walk.fail(Drop.too_deep);
    if (walk.left() < 8) return walk.fail(Drop.truncated);
    const { at } = walk;
    const next = bytes[at];
    if (protocol === FRAGMENT) {
      const fragment = u16(bytes, at + 2);
      const more = (fragment & 1) !== 0;
      packet.protocol = next;
      walk.at = at + 8;
      if (fragment >= 8) {
        return laterFragment(walk, 0x600, u32(bytes, at + 4), fragment & 0xfff8, more);
      }
      // Offset 0 and no more fragments is a whole packet: an atomic fragment (RFC 6946).
      if (more) {
        fragmentId = u32(bytes, at + 4);
        fragmentStart = walk.at;
      }
    } else {
      if (protocol === HOP_BY_HOP && headers === 0) jumbo(walk, ipStart);
      walk.at = at + (protocol === AH ? (bytes[at + 1] + 2) << 2 : (bytes[at + 1] + 1) << 3);
    }
    protocol = next;
    packet.protocol = next;
  }
  if (fragmentId >= 0) return firstFragment(walk, 0x600, fragmentId, fragmentStart);
  return walk.next(layerOf(protocol), 0, protocol);
}

/** Jumbo payload option (RFC 2675 2: type 0xc2, length 4, 32-bit payload length), first in its header where it occurs. */
function jumbo(walk: Walk, ipStart: number): void {
  const { bytes, at, packet } = walk;
  if (u16(bytes, ipStart + 4) !== 0 || u16(bytes, at + 2) !== 0xc204) return;
  const length = u32(bytes, at + 4);
  if (length <= 0xffff) return;
  walk.setWireEnd(ipStart + 40 + length);
  packet.l3Bytes = walk.wireEnd - ipStart;
}
