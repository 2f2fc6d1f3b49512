import { u16 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** SCTP (RFC 9260 3.1), DCCP (RFC 4340 5.1), UDP-Lite (RFC 3828 3.1): ports first; the rest is not looked at. */
export function portsOnly(walk: Walk): Layer {
  const { bytes, at, packet } = walk;
  noPayload(walk);
  if (walk.left() < 4) {
    packet.laterFragment = true;
    return Layer.done;
  }
  packet.srcPort = u16(bytes, at);
  packet.dstPort = u16(bytes, at + 2);
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
