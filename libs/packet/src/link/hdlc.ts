import { u16 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** Cisco HDLC: address (0x0f unicast, 0x8f multicast), control 0, protocol (16 bits): mostly EtherTypes (RFC 1547 4.3.1). */
export function ciscoHdlc(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 4) return walk.fail(Drop.truncated);
  const protocol = u16(bytes, at + 2);
  if (protocol === 0xfefe) return walk.fail(Drop.ether_type); // OSI, without LLC's third byte
  return protocol < 0x0600 ? walk.fail(Drop.link_control) : walk.next(Layer.ether_type, 4, protocol);
}

/** PPP or Cisco HDLC over a serial line, by the address. */
export function serial(walk: Walk): Layer {
  if (walk.left() < 1) return walk.fail(Drop.truncated);
  const address = walk.bytes[walk.at];
  return address === 0x0f || address === 0x8f ? ciscoHdlc(walk) : Layer.ppp;
}

/**
 * Frame Relay (ITU-T Q.922): address of 2 to 4 bytes, whose last one has the lowest bit set, then control 3, padding 0
 * where it must be, and a network layer protocol id (RFC 2427 3), or, as Cisco does, an EtherType right away.
 */
export function frameRelay(walk: Walk): Layer {
  const { bytes, at, end } = walk;
  let next = at;
  while (next < end && next < at + 4 && (bytes[next] & 1) === 0) next++;
  next++;
  if (next + 2 > end) return walk.fail(Drop.truncated);
  walk.at = next;
  if (bytes[next] !== 0x03) return cisco(walk, u16(bytes, next));
  next++;
  if (bytes[next] === 0 && next + 1 < end) next++;
  walk.at = next + 1;
  switch (bytes[next]) {
    case 0xcc:
      return Layer.ipv4;
    case 0x8e:
      return Layer.ipv6;
    case 0xcf:
      return Layer.ppp;
    case 0x80:
      return snap(walk);
    default:
      return walk.fail(Drop.ether_type);
  }
}

function cisco(walk: Walk, type: number): Layer {
  return type < 0x0600 ? walk.fail(Drop.link_control) : walk.next(Layer.ether_type, 2, type);
}

/** Organization (24 bits) and protocol (16) as behind LLC; 0x0080c2 is a bridged frame. */
function snap(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 5) return walk.fail(Drop.truncated);
  const protocol = u16(bytes, at + 3);
  if (u16(bytes, at) === 0 && bytes[at + 2] === 0) return walk.next(Layer.ether_type, 5, protocol);
  const isBridged = u16(bytes, at) === 0x0080 && bytes[at + 2] === 0xc2 && (protocol === 1 || protocol === 7);
  return isBridged ? walk.next(Layer.ethernet, 5, 0) : walk.fail(Drop.ether_type);
}
