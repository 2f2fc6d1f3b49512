import { u32le } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { LinkType } from './link-type.ts';

/**
 * macOS pktap: length of the header, record type (1: a packet), DLT of the frame behind it (32 bits each, little endian),
 * interface name, process and more.
 */
export function pktap(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 12) return walk.fail(Drop.truncated);
  const headerBytes = u32le(bytes, at);
  if (headerBytes < 12 || headerBytes > walk.left()) return walk.fail(Drop.malformed);
  if (u32le(bytes, at + 4) !== 1) return walk.fail(Drop.link_control);
  const dlt = u32le(bytes, at + 8);
  const linkType = dlt === 12 || dlt === 14 ? LinkType.raw : dlt;
  if (linkType === LinkType.pktap) return walk.fail(Drop.malformed);
  return walk.next(Layer.link, headerBytes, linkType);
}
