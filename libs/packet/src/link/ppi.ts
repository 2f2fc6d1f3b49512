import { u16le, u32le } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { LinkType } from './link-type.ts';

const HEADER_BYTES = 8;
/** Field "802.11-Common": time (64 bits), flags (16; the lowest: the frame ends with its checksum), rate and more. */
const COMMON = 2;
const FCS_AT_END = 0x01;
const MAX_FIELDS = 32;

/**
 * Per-packet information (CACE, PPI header format 1.0.7): version 0, flags (8 bits each), length of header and fields (16),
 * DLT of the frame behind them (32); fields of type, length (16 bits each) and content. All little endian.
 */
export function ppi(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < HEADER_BYTES) return walk.fail(Drop.truncated);
  const headerBytes = u16le(bytes, at + 2);
  const dlt = u32le(bytes, at + 4);
  if (headerBytes < HEADER_BYTES || dlt === LinkType.ppi) return walk.fail(Drop.malformed);
  if (endsWithChecksum(walk, at + headerBytes)) walk.limit(Math.max(at + headerBytes, walk.wireEnd - 4));
  return walk.next(Layer.link, headerBytes, dlt);
}

function endsWithChecksum({ bytes, at, end }: Walk, headerEnd: number): boolean {
  const last = Math.min(headerEnd, end);
  let field = at + HEADER_BYTES;
  for (let fields = 0; fields < MAX_FIELDS && field + 14 <= last; fields++) {
    if (u16le(bytes, field) === COMMON) return (bytes[field + 12] & FCS_AT_END) !== 0;
    field += 4 + u16le(bytes, field + 2);
  }
  return false;
}
