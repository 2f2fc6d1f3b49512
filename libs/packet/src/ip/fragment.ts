import { u16 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import { hasPorts, isExtension } from '../protocol.ts';
import { layerOf } from '../transport/ip-protocol.ts';
import type { Walk } from '../walk.ts';
import { Reassembly } from './reassembly.ts';

/**
 * A first fragment, `walk.at` at its transport header and `packet.protocol` known: leaves its ports for the later ones.
 *
 * @param kind what belongs to the key of the datagram besides addresses and id
 * @param start of what was cut into fragments: at the transport header, or at extension headers before it
 */
export function firstFragment(walk: Walk, kind: number, id: number, start: number): Layer {
  const { bytes, at, packet } = walk;
  // In IPv6 the later ones may name an extension header, and wait to learn even the protocol.
  if (packet.ipVersion === 6 || hasPorts(packet.protocol)) {
    const captured = hasPorts(packet.protocol) && walk.left() >= 4;
    packet.srcPort = captured ? u16(bytes, at) : 0;
    packet.dstPort = captured ? u16(bytes, at + 2) : 0;
    // Decoding again, after a bogus inner packet: the fragment was counted the first time.
    if (!walk.again) {
      if (!walk.fragments.first(packet, kind, id, walk.wireEnd - start)) return countOnly(walk);
      reassemble(walk, start, 0, at - start, true);
    }
  }
  return walk.next(layerOf(packet.protocol), 0, packet.protocol);
}

/** A fragment after the first, at `offset` bytes of the datagram: has no transport header, whatever it looks like. */
export function laterFragment(walk: Walk, kind: number, id: number, offset: number, more: boolean): Layer {
  const { packet } = walk;
  countOnly(walk);
  packet.srcPort = packet.dstPort = 0;
  if (!hasPorts(packet.protocol) && !(packet.ipVersion === 6 && isExtension(packet.protocol))) return Layer.done;
  const bytes = walk.wireEnd - walk.at;
  const known = walk.fragments.later(packet, kind, id, offset, bytes, more);
  reassemble(walk, walk.at, offset, -1, more);
  return known ? Layer.done : walk.drop(Drop.fragment_held);
}

/** Keeps the bytes of a fragment from `start` on, where somebody reads payload. */
function reassemble(walk: Walk, start: number, offset: number, header: number, more: boolean): void {
  const { packet, fragments, reassembly } = walk;
  // Later fragments of IPv6 may name an extension header: whose payload it is tells the first one.
  if (reassembly === null || !(Reassembly.reads(packet.protocol) || isExtension(packet.protocol))) return;
  const end = Math.max(start, walk.end);
  reassembly.tier = packet.tunnelTier;
  reassembly.add(fragments.slot, fragments.serial, walk.bytes, start, end, walk.wireEnd, offset, header, more);
}

/** The packet belongs to a flow by its addresses and ports; none of its bytes are read as a header. */
export function countOnly(walk: Walk): Layer {
  const { packet } = walk;
  packet.laterFragment = true;
  packet.tcpFlags = 0;
  packet.payloadBytes = Math.max(0, walk.wireEnd - walk.at);
  packet.payloadStart = packet.payloadEnd = walk.end;
  return Layer.done;
}
