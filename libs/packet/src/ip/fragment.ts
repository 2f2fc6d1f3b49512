import { u16 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import { hasPorts, isExtension } from '../protocol.ts';
import { layerOf } from '../transport/ip-protocol.ts';
import type { Walk } from '../walk.ts';

/**
 * A first fragment, `walk.at` at its transport header and `packet.protocol` known: leaves its ports for the later ones.
 *
 * @param kind what belongs to the key of the datagram besides addresses and id
 */
export function firstFragment(walk: Walk, kind: number, id: number): Layer {
  const { bytes, at, packet } = walk;
  // In IPv6 the later ones may name an extension header, and wait to learn even the protocol.
  if (packet.ipVersion === 6 || hasPorts(packet.protocol)) {
    const captured = hasPorts(packet.protocol) && walk.left() >= 4;
    packet.srcPort = captured ? u16(bytes, at) : 0;
    packet.dstPort = captured ? u16(bytes, at + 2) : 0;
    // Decoding again, after a bogus inner packet: the fragment was counted the first time.
    if (!walk.again && !walk.fragments.first(packet, kind, id, walk.wireEnd - at)) return countOnly(walk);
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
  if (walk.fragments.later(packet, kind, id, offset, bytes, more)) return Layer.done;
  return walk.drop(Drop.fragment_held);
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
