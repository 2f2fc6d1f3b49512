import { u32, u32le } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** Bit of the radiotap field `Flags` (radiotap.org/fields/Flags): the frame ends with its checksum. */
const FCS_AT_END = 0x10;

/**
 * Radiotap (radiotap.org): version 0, padding, length of the header (16 bits, little endian), which fields are present (32
 * bits, the highest: another such word follows), fields. Only `Flags` matters: it is the first field, or the second after
 * the 64-bit, aligned TSFT.
 */
export function radiotap(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 8) return walk.fail(Drop.truncated);
  const headerBytes = bytes[at + 2] | (bytes[at + 3] << 8);
  if (bytes[at] !== 0 || headerBytes < 8) return walk.fail(Drop.malformed);
  const present = u32le(bytes, at + 4);
  let field = at + 4;
  while (field + 4 <= walk.end && field < at + headerBytes && (bytes[field + 3] & 0x80) !== 0) field += 4;
  field += 4;
  if ((present & 1) !== 0) field = at + ((field - at + 7) & ~7) + 8;
  const flags = (present & 2) !== 0 && field < walk.end ? bytes[field] : 0;
  if ((flags & FCS_AT_END) !== 0) walk.limit(walk.wireEnd - 4);
  return walk.next(Layer.ieee80211, headerBytes, 0);
}

/** Prism monitor header: message code 0x44 and length of the header in the byte order of the capturing host; or AVS. */
export function prism(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 8) return walk.fail(Drop.truncated);
  if (u32(bytes, at) >>> 4 === 0x8021100) return avs(walk);
  const headerBytes = u32(bytes, at) === 0x44 ? u32(bytes, at + 4) : u32le(bytes, at + 4);
  return headerBytes < 8 ? walk.fail(Drop.malformed) : walk.next(Layer.ieee80211, headerBytes, 0);
}

/** AVS capture header: version (32 bits), length of the header (32). */
export function avs(walk: Walk): Layer {
  if (walk.left() < 8) return walk.fail(Drop.truncated);
  const headerBytes = u32(walk.bytes, walk.at + 4);
  return headerBytes < 8 ? walk.fail(Drop.malformed) : walk.next(Layer.ieee80211, headerBytes, 0);
}
