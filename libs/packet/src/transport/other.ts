import { u16 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** SCTP (RFC 9260 3.1): ports, verification tag, checksum: 12 bytes; the chunks are the payload. */
export function sctp(walk: Walk): Layer {
  return ported(walk, 12);
}

/** UDP-Lite (RFC 3828 3.1): as UDP, with the checksum's coverage instead of the length. */
export function udpLite(walk: Walk): Layer {
  return ported(walk, 8);
}

/** DCCP (RFC 4340 5.1): ports, then the length of the header in 4-byte units. */
export function dccp(walk: Walk): Layer {
  return ported(walk, walk.left() > 4 ? walk.bytes[walk.at + 4] << 2 : 12);
}

/** Ports first; the rest of a header of `headerBytes` is not looked at. */
function ported(walk: Walk, headerBytes: number): Layer {
  const { bytes, at, end, packet } = walk;
  noPayload(walk);
  if (walk.left() < 4) {
    packet.laterFragment = true;
    return Layer.done;
  }
  packet.srcPort = u16(bytes, at);
  packet.dstPort = u16(bytes, at + 2);
  packet.payloadBytes = Math.max(0, walk.wireEnd - at - headerBytes);
  packet.payloadStart = Math.min(at + headerBytes, end);
  return Layer.done;
}

/** A protocol without ports: a flow between two addresses. */
export function noPayload(walk: Walk): Layer {
  const { packet } = walk;
  packet.srcPort = packet.dstPort = 0;
  packet.tcpFlags = 0;
  packet.payloadBytes = 0;
  packet.payloadStart = packet.payloadEnd = walk.end;
  return Layer.done;
}
