import { u16, u32 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';
import { isIpv6 } from './plausible.ts';

const ORIGIN = 0x0000;
const AUTHENTICATION = 0x0001;
const TEREDO_PREFIX = 0x2001_0000;
const LINK_LOCAL_PREFIX = 0xfe80_0000;

/**
 * Teredo (RFC 4380 5.1.1): an IPv6 packet in UDP, before it an authentication header (0x0001, lengths of client id and
 * authentication value, both, 8 bytes nonce, confirmation) and an origin indication (0x0000, port, address), each or none.
 * Taken for Teredo only where one address is of the Teredo prefix, or both are link-local as in router discovery.
 */
export function teredo(walk: Walk): Layer {
  const { bytes, end } = walk;
  let { at } = walk;
  if (at + 4 <= end && u16(bytes, at) === AUTHENTICATION) at += 13 + bytes[at + 2] + bytes[at + 3];
  if (at + 8 <= end && u16(bytes, at) === ORIGIN) at += 8;
  if (!isIpv6(walk, at) || !isTeredo(u32(bytes, at + 8), u32(bytes, at + 24))) return Layer.done;
  if (!walk.enter(Tunnel.teredo, 0)) return Layer.done;
  walk.at = at;
  return Layer.ipv6;
}

function isTeredo(src: number, dst: number): boolean {
  if (src === TEREDO_PREFIX || dst === TEREDO_PREFIX) return true;
  return src === LINK_LOCAL_PREFIX && (dst === LINK_LOCAL_PREFIX || dst >>> 24 === 0xff);
}
