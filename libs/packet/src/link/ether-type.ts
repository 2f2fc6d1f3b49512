import { u16 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** Stacked tags of one frame; more are an attack (two are QinQ, three occur in test labs). */
const MAX_TAGS = 8;

/** VLAN tags (IEEE 802.1Q 9.6: 16 bits priority and VLAN id, then the next EtherType), then what the EtherType names. */
export function etherType(walk: Walk): Layer {
  const { bytes, packet } = walk;
  let type = walk.kind;
  for (let tags = 0; isVlanTag(type); tags++) {
    if (tags === MAX_TAGS) return walk.fail(Drop.too_deep);
    if (walk.left() < 4) return walk.fail(Drop.truncated);
    packet.vlan = u16(bytes, walk.at) & 0x0fff;
    type = u16(bytes, walk.at + 2);
    walk.at += 4;
  }
  switch (type) {
    case 0x0800:
      return Layer.ipv4;
    case 0x86dd:
      return Layer.ipv6;
    default:
      return other(walk, type);
  }
}

/** 802.1Q, 802.1ad, and the tags that vendors used before it. */
function isVlanTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200 || type === 0x9300;
}

function other(walk: Walk, type: number): Layer {
  if (type < 0x0600) {
    const wireEnd = walk.at + type;
    if (wireEnd < walk.wireEnd) walk.wireEnd = wireEnd;
    if (wireEnd < walk.end) walk.end = wireEnd;
    return Layer.llc;
  }
  switch (type) {
    case 0x0806:
    case 0x8035:
      return walk.fail(Drop.arp);
    case 0x8847:
    case 0x8848:
      return Layer.mpls;
    case 0x8864:
      return Layer.pppoe;
    case 0x8863:
      return walk.fail(Drop.link_control);
    case 0x894f:
      return Layer.nsh;
    case 0x6558:
      return Layer.ethernet;
    case 0x880b:
      return Layer.ppp;
    default:
      return walk.fail(Drop.ether_type);
  }
}
