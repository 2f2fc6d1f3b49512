import { u24 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

const MAX_LABELS = 16;

/**
 * MPLS label stack (RFC 3032 2.1): label (20 bits), traffic class (3), bottom of stack (1), TTL (8). What follows is not
 * named: told by its first four bits (RFC 4928): 4 and 6 are IP, 0 is a pseudowire's control word before Ethernet
 * (RFC 4385 3), 1 an associated channel (RFC 5586), all else Ethernet without a control word.
 */
export function mpls(walk: Walk): Layer {
  const { bytes } = walk;
  for (let labels = 0; ; labels++) {
    if (labels === MAX_LABELS) return walk.fail(Drop.too_deep);
    if (walk.left() < 5) return walk.fail(Drop.truncated);
    const isBottom = (u24(bytes, walk.at) & 1) !== 0;
    walk.at += 4;
    if (isBottom) break;
  }
  switch (bytes[walk.at] >> 4) {
    case 4:
      return Layer.ipv4;
    case 6:
      return Layer.ipv6;
    case 0:
      return walk.next(Layer.ethernet, 4, 0);
    case 1:
      return walk.fail(Drop.link_control);
    default:
      return Layer.ethernet;
  }
}
