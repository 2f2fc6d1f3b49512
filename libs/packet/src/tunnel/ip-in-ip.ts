import { Layer } from '../layer.ts';
import { IPV4 } from '../protocol.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';

/** IP right behind IP: RFC 2003 (4 in 4), RFC 4213 (6 in 4), RFC 2473 (either in 6). `walk.kind` tells the inner one. */
export function ipInIp(walk: Walk): Layer {
  const isInner4 = walk.kind === IPV4;
  const isOuter4 = walk.packet.ipVersion === 4;
  const outer4 = isInner4 ? Tunnel.ipip : Tunnel['6in4'];
  const outer6 = isInner4 ? Tunnel['4in6'] : Tunnel['6in6'];
  if (!walk.enter(isOuter4 ? outer4 : outer6, 0)) return Layer.done;
  return isInner4 ? Layer.ipv4 : Layer.ipv6;
}
