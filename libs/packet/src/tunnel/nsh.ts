import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { nextProtocol } from './next-protocol.ts';

/**
 * Network service header (RFC 8300 2): version (2 bits), O, reserved, TTL (6), length in 4-byte units (6), MD type (8),
 * next protocol (8); then service path and metadata. It steers a packet that is carried by something else, so it is no
 * tunnel of its own.
 */
export function nsh(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 8) return walk.fail(Drop.truncated);
  const headerBytes = (bytes[at + 1] & 0x3f) << 2;
  if (bytes[at] >> 6 !== 0 || headerBytes < 8) return walk.fail(Drop.malformed);
  const next = nextProtocol(bytes[at + 3]);
  return next === Layer.done ? walk.fail(Drop.ether_type) : walk.next(next, headerBytes, 0);
}
