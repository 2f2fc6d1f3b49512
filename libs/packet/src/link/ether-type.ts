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
    walk.limit(walk.at + type);
    return Layer.llc;
  }
  switch (type) {
    case 0x0806: // ARP
    case 0x8035: // RARP
      return walk.fail(Drop.arp);
    case 0x8847:
    case 0x8848:
      return Layer.mpls;
    case 0x8864:
      return Layer.pppoe;
    case 0x8863: // PPPoE discovery
      return walk.fail(Drop.link_control);
    case 0x894f:
      return Layer.nsh;
    case 0x6558: // transparent Ethernet bridging
      return Layer.ethernet;
    case 0x880b:
      return Layer.ppp;
    default:
      return shim(walk, type);
  }
}

/** Headers between Ethernet and what it carries. */
function shim(walk: Walk, type: number): Layer {
  switch (type) {
    case 0x88e7: // IEEE 802.1ah 9.7: I-TAG, 4 bytes, then the customer's frame
      return walk.next(Layer.ethernet, 4, 0);
    case 0x8903: // Cisco FabricPath: forwarding tag and TTL, 2 bytes, then the frame
      return walk.next(Layer.ethernet, 2, 0);
    case 0x8926: // Cisco VN-tag, 4 bytes
    case 0x892f: // IEC 62439-3 HSR, 4 bytes
      return tagged(walk, 4);
    case 0x893f: // IEEE 802.1BR E-tag, 6 bytes
    case 0x8909: // Cisco metadata, 6 bytes
      return tagged(walk, 6);
    case 0xd28b:
      return arista(walk);
    case 0x88e5:
      return macsec(walk);
    default:
      return walk.fail(Drop.ether_type);
  }
}

/** Arista's time stamp: subtype (16 bits), version (16; 0x20: time in 48 bits, else 64), time. */
function arista(walk: Walk): Layer {
  const isShort = walk.left() >= 4 && (u16(walk.bytes, walk.at + 2) & 0x20) !== 0;
  return tagged(walk, isShort ? 10 : 12);
}

/** A tag of `tagBytes` and behind it the EtherType of what follows. */
function tagged(walk: Walk, tagBytes: number): Layer {
  if (walk.left() < tagBytes + 2) return walk.fail(Drop.truncated);
  return walk.next(Layer.ether_type, tagBytes + 2, u16(walk.bytes, walk.at + tagBytes));
}

/**
 * MACsec (IEEE 802.1AE 9.3): control bits (8: 0x20 channel id present, 0x08 encrypted, 0x04 changed), short length (8),
 * packet number (32), channel id (64 where present). In clear only where it is authenticated without encryption.
 */
function macsec(walk: Walk): Layer {
  if (walk.left() < 6) return walk.fail(Drop.truncated);
  const control = walk.bytes[walk.at];
  if ((control & 0x0c) !== 0) return walk.fail(Drop.encrypted);
  return tagged(walk, (control & 0x20) !== 0 ? 14 : 6);
}
