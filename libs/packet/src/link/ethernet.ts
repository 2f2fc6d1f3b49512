import { u16, u48 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/**
 * Ethernet II and IEEE 802.3:
 *
 *     0         6         12         14
 *     | dst MAC | src MAC | EtherType | payload ...
 *
 * A type below 0x0600 is the length of an LLC frame (IEEE 802.3 3.2.6): what follows that length is padding.
 */
export function ethernet(walk: Walk): Layer {
  const { bytes, at, packet } = walk;
  if (walk.left() < 14) return walk.fail(Drop.truncated);
  packet.dstMac = u48(bytes, at);
  packet.srcMac = u48(bytes, at + 6);
  return walk.next(Layer.ether_type, 14, u16(bytes, at + 12));
}
