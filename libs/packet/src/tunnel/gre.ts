import { u16, u32 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';
import { erspan2, erspan3 } from './erspan.ts';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;

const ETHERNET = 0x6558;
const PPP = 0x880b;
const ERSPAN_1_OR_2 = 0x88be;
const ERSPAN_3 = 0x22eb;
const WCCP = 0x883e;
/** Virtual subnet ids below are reserved (RFC 7637 3.2): a smaller key is not NVGRE's. */
const MIN_VSID = 0x1000;

/**
 * GRE (RFC 2784, RFC 2890): flags and version (16 bits), EtherType (16), then what the flags tell, 32 bits each:
 * checksum and offset, key, sequence number. Version 1 (RFC 2637 4.1, PPTP) always has the key, as payload length and
 * call id, may have an acknowledgment number, and carries PPP.
 */
export function gre(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 4) return Layer.done;
  const flags = u16(bytes, at);
  const type = u16(bytes, at + 2);
  const version = flags & 7;
  if (version > 1 || (flags & ROUTING) !== 0) return Layer.done;
  const keyAt = at + 4 + ((flags & CHECKSUM) !== 0 ? 4 : 0);
  let payload = keyAt + ((flags & KEY) !== 0 ? 4 : 0) + ((flags & SEQUENCE) !== 0 ? 4 : 0);
  if (version === 1 && (flags & ACKNOWLEDGMENT) !== 0) payload += 4;
  // A bare acknowledgment of PPTP, or a keep-alive, carries nothing.
  if (payload >= walk.end) return Layer.done;
  walk.at = payload;
  const key = (flags & KEY) !== 0 ? u32(bytes, keyAt) : 0;
  if (version === 1) return type === PPP && walk.enter(Tunnel.gre, key & 0xffff) ? Layer.ppp : Layer.done;
  return carried(walk, type, flags, key);
}

function carried(walk: Walk, type: number, flags: number, key: number): Layer {
  switch (type) {
    case ERSPAN_1_OR_2:
      if ((flags & SEQUENCE) !== 0) return erspan2(walk);
      return walk.enter(Tunnel.erspan, 0) ? Layer.ethernet : Layer.done;
    case ERSPAN_3:
      return erspan3(walk);
    case WCCP:
      return wccp(walk, key);
    default:
      return isNvgre(type, flags, key) ? nvgre(walk, key) : plain(walk, type, key);
  }
}

function plain(walk: Walk, type: number, key: number): Layer {
  if (!walk.enter(Tunnel.gre, key)) return Layer.done;
  walk.kind = type;
  return isAruba(type) ? Layer.ieee80211 : Layer.ether_type;
}

/** Aruba access points send 802.11 frames to their controller: 0x8200 and on, by the queue. */
function isAruba(type: number): boolean {
  return type >= 0x8200 && type <= 0x8270;
}

/** NVGRE (RFC 7637 3.2) looks like any GRE with a key that carries Ethernet: told by the range of its subnet id. */
function isNvgre(type: number, flags: number, key: number): boolean {
  return type === ETHERNET && flags === KEY && key >>> 8 >= MIN_VSID;
}

/** The key is a virtual subnet id (24 bits) and a flow id (8). */
function nvgre(walk: Walk, key: number): Layer {
  return walk.enter(Tunnel.nvgre, key >>> 8) ? Layer.ethernet : Layer.done;
}

/** WCCP version 2 puts a redirect header of 4 bytes before the IP packet (draft-wilson-wrec-wccp-v2 4.12), version 1 none. */
function wccp(walk: Walk, key: number): Layer {
  if (!walk.enter(Tunnel.gre, key)) return Layer.done;
  if (walk.bytes[walk.at] >> 4 !== 4) walk.at += 4;
  return Layer.ipv4;
}
