import { u16, u16le } from '../bytes.ts';
import { Drop } from '../drop.ts';
import type { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { addressFamily } from './loopback.ts';

const PAYLOAD = 9;
const MAX_ATTRIBUTES = 64;

/**
 * Linux netfilter log, LINKTYPE_NFLOG: address family, version 0 (8 bits each), resource id (16), then attributes: length
 * with these four bytes, type (16 bits each, in the byte order of the host that captured it), value, padding to 32 bits.
 */
export function nflog(walk: Walk): Layer {
  const { bytes, end } = walk;
  if (walk.left() < 8) return walk.fail(Drop.truncated);
  const family = bytes[walk.at];
  let at = walk.at + 4;
  const isLittle = u16le(bytes, at) <= u16(bytes, at);
  for (let attributes = 0; attributes < MAX_ATTRIBUTES && at + 4 <= end; attributes++) {
    const length = isLittle ? u16le(bytes, at) : u16(bytes, at);
    const type = isLittle ? u16le(bytes, at + 2) : u16(bytes, at + 2);
    if (length < 4) return walk.fail(Drop.malformed);
    if (type === PAYLOAD) {
      walk.limit(Math.max(at + length, walk.at));
      walk.at = at + 4;
      return addressFamily(walk, family);
    }
    at += (length + 3) & ~3;
  }
  return walk.fail(Drop.truncated);
}
