import { u24 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';

/** MPLS over IP (RFC 4023) or UDP (RFC 7510): the id is the top label. */
export function mplsTunnel(walk: Walk): Layer {
  if (walk.left() < 4 || !walk.enter(Tunnel.mpls, u24(walk.bytes, walk.at) >> 4)) return Layer.done;
  return Layer.mpls;
}
