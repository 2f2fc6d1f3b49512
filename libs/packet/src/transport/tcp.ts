import { countOnly } from '../ip/fragment.ts';
import { Layer } from '../layer.ts';
import { SYN } from '../packet.ts';
import type { Walk } from '../walk.ts';

/**
 * TCP header (RFC 9293 3.1):
 *
 *     0                          16                              32
 *     |       source port         |        destination port      |
 *     |                     sequence number                      |
 *     |                  acknowledgment number                   |
 *     | offset (4), rsvd | flags  |            window            |
 *     |        checksum           |        urgent pointer        |
 *     |               options: offset * 4 - 20 bytes             |
 *
 * A header that is cut before its window ends, or states less than 20 bytes, leaves a packet that is only counted.
 */
export function tcp(walk: Walk): Layer {
  const { bytes, view, at, end, packet } = walk;
  if (end - at < 16) {
    const withPorts = end - at >= 4;
    packet.srcPort = withPorts ? view.getUint16(at) : 0;
    packet.dstPort = withPorts ? view.getUint16(at + 2) : 0;
    return headerless(walk);
  }
  packet.srcPort = view.getUint16(at);
  packet.dstPort = view.getUint16(at + 2);
  const headerBytes = (bytes[at + 12] >> 4) << 2;
  if (headerBytes < 20) return headerless(walk);
  const flags = bytes[at + 13];
  packet.seq = view.getUint32(at + 4);
  packet.ack = view.getUint32(at + 8);
  packet.tcpFlags = flags;
  packet.window = view.getUint16(at + 14);
  const payload = at + headerBytes;
  packet.payloadBytes = payload < walk.wireEnd ? walk.wireEnd - payload : 0;
  packet.payloadStart = Math.min(payload, end);
  packet.payloadEnd = end;
  packet.optionsStart = at + 20;
  packet.optionsBytes = packet.payloadStart > at + 20 ? packet.payloadStart - at - 20 : 0;
  packet.windowScale = (flags & SYN) !== 0 && headerBytes > 20 ? windowScale(bytes, at + 20, packet.payloadStart) : -1;
  return packet.dstPort === walk.sttPort ? walk.next(Layer.stt, headerBytes, 0) : Layer.done;
}

function headerless(walk: Walk): Layer {
  countOnly(walk);
  walk.packet.payloadBytes = 0;
  return Layer.done;
}

/** Shift of the window scale option: kind 3, length 3 (RFC 7323 2.2); more than 14 means 14 (2.3). */
export function windowScale(bytes: Uint8Array, at: number, end: number): number {
  while (at + 2 < end) {
    const kind = bytes[at];
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    if (kind === 3 && bytes[at + 1] === 3) return Math.min(bytes[at + 2], 14);
    if (bytes[at + 1] < 2) break;
    at += bytes[at + 1];
  }
  return -1;
}
