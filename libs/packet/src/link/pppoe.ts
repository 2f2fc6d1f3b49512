import { u16 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** PPPoE (RFC 2516 4): version and type (4 bits each, both 1), code (0 in a session), session id, length; PPP behind it. */
export function pppoe(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 8) return walk.fail(Drop.truncated);
  if (bytes[at] !== 0x11) return walk.fail(Drop.malformed);
  if (bytes[at + 1] !== 0) return walk.fail(Drop.link_control);
  walk.limit(at + 6 + u16(bytes, at + 4));
  return walk.next(Layer.ppp, 6, 0);
}
