import { countOnly } from '../ip/fragment.ts';
import { Layer } from '../layer.ts';
import { BY_SOURCE, type Walk } from '../walk.ts';

/**
 * UDP header (RFC 768): source port, destination port, length with header, checksum; 16 bits each. A length that is
 * 0 (jumbogram, RFC 2675 4), less than the header or beyond the IP packet (first fragment) gives way to IP's.
 */
export function udp(walk: Walk): Layer {
  const { view, at, end, packet } = walk;
  if (end - at < 4) {
    packet.srcPort = packet.dstPort = 0;
    return countOnly(walk);
  }
  packet.srcPort = view.getUint16(at);
  packet.dstPort = view.getUint16(at + 2);
  let wireEnd = walk.wireEnd;
  if (end - at >= 6) {
    const length = view.getUint16(at + 4);
    if (length >= 8 && at + length < wireEnd) wireEnd = at + length;
  }
  const payload = at + 8;
  const captured = Math.min(wireEnd, end);
  packet.payloadBytes = payload < wireEnd ? wireEnd - payload : 0;
  packet.payloadStart = Math.min(payload, captured);
  packet.payloadEnd = captured;
  packet.tcpFlags = 0;
  walk.at = payload;
  walk.end = captured;
  walk.wireEnd = wireEnd;
  const layer = walk.udpLayers[packet.dstPort];
  if (layer !== 0) return (layer & ~BY_SOURCE) as Layer;
  const bySource = walk.udpLayers[packet.srcPort];
  return bySource >= BY_SOURCE ? ((bySource & ~BY_SOURCE) as Layer) : Layer.done;
}
