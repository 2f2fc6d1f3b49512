import { u32 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';

/** Version 1 and protocol type GTP. */
const VERSION_1 = 0x30;
const G_PDU = 0xff;
const EXTENSION = 0x04;
/** Any of extension, sequence and N-PDU flags adds all four bytes of these fields. */
const OPTIONAL = 0x07;
const MAX_EXTENSIONS = 16;

/**
 * GTP-U, version 1 (3GPP TS 29.281 5.1): flags, message type, length (16 bits), TEID (32), then sequence number (16),
 * N-PDU number and next extension type where a flag is set. An extension header (5.2) is its length in 4-byte units,
 * content, next type. A G-PDU carries a user's IP packet.
 */
export function gtp(walk: Walk): Layer {
  const { bytes, at, end } = walk;
  if (walk.left() < 12 || (bytes[at] & 0xf0) !== VERSION_1 || bytes[at + 1] !== G_PDU) return Layer.done;
  const flags = bytes[at];
  let payload = at + ((flags & OPTIONAL) !== 0 ? 12 : 8);
  let extension = (flags & EXTENSION) !== 0 ? bytes[at + 11] : 0;
  for (let headers = 0; extension !== 0; headers++) {
    if (headers === MAX_EXTENSIONS || payload >= end || bytes[payload] === 0) return Layer.done;
    payload += bytes[payload] << 2;
    if (payload > end) return Layer.done;
    extension = bytes[payload - 1];
  }
  if (payload >= end) return Layer.done;
  const version = bytes[payload] >> 4;
  if ((version !== 4 && version !== 6) || !walk.enter(Tunnel.gtp, u32(bytes, at + 4))) return Layer.done;
  walk.at = payload;
  return version === 4 ? Layer.ipv4 : Layer.ipv6;
}
