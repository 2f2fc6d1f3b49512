import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import { plainTcp, readPlainTcp } from '../tcp-fast-path.ts';
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
  const { view, at, packet } = walk;
  if (walk.left() < 14) return walk.fail(Drop.truncated);
  if (packet.tunnelTier !== 0) {
    const ip = plainTcp(view, at, walk.end, walk.wireEnd, walk.sttPort);
    if (ip !== 0) {
      readPlainTcp(packet, view, at, ip, walk.end);
      return Layer.done;
    }
  }
  packet.dstMac = view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2);
  packet.srcMac = view.getUint16(at + 6) * 0x1_0000_0000 + view.getUint32(at + 8);
  const type = view.getUint16(at + 12);
  walk.at = at + 14;
  if (type === 0x0800) return Layer.ipv4;
  if (type === 0x86dd) return Layer.ipv6;
  walk.kind = type;
  return Layer.ether_type;
}
