import { u32 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';
import { isIpInEthernet } from './plausible.ts';

const HEADER_BYTES = 18;

/**
 * STT (draft-davie-stt 3): a header that looks like TCP, whose sequence number is the frame's length (16 bits) and this
 * segment's offset in it (16), and in the first segment, before the Ethernet frame: version, flags, offset of the inner
 * transport header, reserved, MSS (16), VLAN (16), context id (64), padding (16). The id is the context's lower half.
 */
export function stt(walk: Walk): Layer {
  const { bytes, at, packet } = walk;
  if ((packet.seq & 0xffff) !== 0 || walk.left() < HEADER_BYTES || bytes[at] !== 0) return Layer.done;
  // The frame may go on in further segments.
  walk.wireEnd = Math.max(walk.wireEnd, at + (packet.seq >>> 16));
  if (!isIpInEthernet(walk, at + HEADER_BYTES)) return Layer.done;
  if (!walk.enter(Tunnel.stt, u32(bytes, at + 12))) return Layer.done;
  return walk.next(Layer.ethernet, HEADER_BYTES, 0);
}
