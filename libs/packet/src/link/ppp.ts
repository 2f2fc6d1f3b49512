import { u16 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/**
 * PPP (RFC 1661 2), with or without address 0xff and control 0x03 (RFC 1662 3.1), its protocol number in two bytes or,
 * where compressed, one (6.5: an odd first byte ends the number).
 */
export function ppp(walk: Walk): Layer {
  const { bytes } = walk;
  if (walk.left() >= 2 && u16(bytes, walk.at) === 0xff03) walk.at += 2;
  if (walk.left() < 2) return walk.fail(Drop.truncated);
  const first = bytes[walk.at];
  if ((first & 1) !== 0) return pppProtocol(walk, first, 1);
  return pppProtocol(walk, u16(bytes, walk.at), 2);
}

/** What a PPP protocol number names; from 0x4000 on it is control traffic (RFC 1661 2). */
function pppProtocol(walk: Walk, protocol: number, headerBytes: number): Layer {
  walk.at += headerBytes;
  switch (protocol) {
    case 0x0021:
      return Layer.ipv4;
    case 0x0057:
      return Layer.ipv6;
    case 0x0281:
    case 0x0283:
      return Layer.mpls;
    default:
      return walk.fail(protocol >= 0x4000 ? Drop.link_control : Drop.ether_type);
  }
}
