import { u16, u48 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** ARPHRD_ values (Linux if_arp.h) of devices whose frames are no network packets, or have a header of their own. */
const NETLINK = 824;
const IEEE80211 = 801;
const RADIOTAP = 803;

/** Protocols that are no EtherTypes (LINKTYPE_LINUX_SLL). */
const NOVELL_802_3 = 0x0001;
const LLC = 0x0004;

/**
 * Linux cooked capture, LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length (16 bits each), sender's address (8 bytes),
 * protocol (16 bits).
 */
export function sll(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 16) return walk.fail(Drop.truncated);
  return cooked(walk, u16(bytes, at + 2), u16(bytes, at + 4), at + 6, u16(bytes, at + 14), 16);
}

/**
 * LINKTYPE_LINUX_SLL2: protocol, reserved (16 bits each), interface index (32), ARPHRD (16), packet type, address length
 * (8 each), sender's address (8 bytes).
 */
export function sll2(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 20) return walk.fail(Drop.truncated);
  return cooked(walk, u16(bytes, at + 8), bytes[at + 11], at + 12, u16(bytes, at), 20);
}

function cooked(
  walk: Walk,
  device: number,
  addressBytes: number,
  addressAt: number,
  protocol: number,
  headerBytes: number,
): Layer {
  if (addressBytes === 6) walk.packet.srcMac = u48(walk.bytes, addressAt);
  if (device === NETLINK) return walk.fail(Drop.link_control);
  if (device === IEEE80211 || device === RADIOTAP) {
    return walk.next(device === RADIOTAP ? Layer.radiotap : Layer.ieee80211, headerBytes, 0);
  }
  if (protocol === LLC) return walk.next(Layer.llc, headerBytes, 0);
  if (protocol < 0x0600) return walk.fail(protocol === NOVELL_802_3 ? Drop.ether_type : Drop.link_control);
  return walk.next(Layer.ether_type, headerBytes, protocol);
}
