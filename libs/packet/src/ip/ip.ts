import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** IPv4 or IPv6 where nothing but the version in its first four bits tells. */
export function ip(walk: Walk): Layer {
  if (walk.left() < 1) return walk.fail(Drop.truncated);
  const version = walk.bytes[walk.at] >> 4;
  if (version === 4) return Layer.ipv4;
  return version === 6 ? Layer.ipv6 : walk.fail(Drop.malformed);
}
