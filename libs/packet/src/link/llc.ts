import { u16, u24 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

const SNAP = 0xaaaa;
const IP = 0x0606;
/** Unnumbered information. */
const UI = 0x03;

/**
 * LLC (IEEE 802.2: destination and source access point, control) and, where both are 0xaa, SNAP (IEEE 802: organization,
 * protocol). Organization 0 names an EtherType (RFC 1042), 0x0000f8 one in a bridge tunnel, 0x0080c2 a bridged frame
 * (RFC 2684 5.2) with two bytes of padding.
 */
export function llc(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 3) return walk.fail(Drop.truncated);
  const points = u16(bytes, at);
  if (bytes[at + 2] !== UI) return walk.fail(Drop.link_control);
  if (points === IP) return walk.next(Layer.ipv4, 3, 0);
  if (points !== SNAP) return walk.fail(Drop.ether_type);
  if (walk.left() < 8) return walk.fail(Drop.truncated);
  const protocol = u16(bytes, at + 6);
  switch (u24(bytes, at + 3)) {
    case 0x000000:
    case 0x0000f8:
      return protocol < 0x0600 ? walk.fail(Drop.ether_type) : walk.next(Layer.ether_type, 8, protocol);
    case 0x0080c2:
      return protocol === 1 || protocol === 7 ? walk.next(Layer.ethernet, 10, 0) : walk.fail(Drop.ether_type);
    default:
      return walk.fail(Drop.ether_type);
  }
}
