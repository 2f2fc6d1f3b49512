import { u24 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';
import { nextProtocol } from './next-protocol.ts';

const HEADER_BYTES = 8;
/** Flag of the header (I). */
export const VNI_IS_VALID = 0x08;
/** VXLAN-GPE: next protocol is valid, version, OAM packet. */
const P = 0x04;
const VERSION = 0x30;
const O = 0x01;

/**
 * VXLAN header (RFC 7348 5), an Ethernet frame behind it; the generic protocol extension (draft-ietf-nvo3-vxlan-gpe 3.1)
 * names what follows:
 *
 *     0        8                       24              32
 *     | flags  |       reserved        | next protocol |
 *     |             VNI                |   reserved    |
 */
export function vxlan(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < HEADER_BYTES || (bytes[at] & VNI_IS_VALID) === 0) return Layer.done;
  if (!walk.enter(Tunnel.vxlan, u24(bytes, at + 4))) return Layer.done;
  return walk.next(Layer.ethernet, HEADER_BYTES, 0);
}

export function vxlanGpe(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < HEADER_BYTES) return Layer.done;
  const flags = bytes[at];
  if ((flags & (VERSION | O)) !== 0 || (flags & VNI_IS_VALID) === 0) return Layer.done;
  const next = (flags & P) !== 0 ? nextProtocol(bytes[at + 3]) : Layer.ethernet;
  if (next === Layer.done || !walk.enter(Tunnel.vxlan_gpe, u24(bytes, at + 4))) return Layer.done;
  return walk.next(next, HEADER_BYTES, 0);
}
