import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { LinkType } from './link-type.ts';

/** Starts with the link layer in `walk.kind`. */
export function link(walk: Walk): Layer {
  switch (walk.kind) {
    case LinkType.ethernet:
      return Layer.ethernet;
    case LinkType.raw:
      return Layer.ip;
    case LinkType.ipv4:
      return Layer.ipv4;
    case LinkType.ipv6:
      return Layer.ipv6;
    default:
      return walk.drop(Drop.link_type);
  }
}
