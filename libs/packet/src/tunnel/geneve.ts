import { u16, u24 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import type { Packet } from '../packet.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';

/** OVN's option: class 0x0102, type 0x80 (critical, 0), 4 bytes (ovn-architecture(7), "Tunnel Encapsulations"). */
const OVN_CLASS = 0x0102;
const OVN_TYPE = 0x80;
/** Protocol type of an Ethernet frame (transparent Ethernet bridging). */
export const ETHERNET_BRIDGING = 0x6558;

/**
 * Geneve header (RFC 8926 3.4) and, for each option (3.5), class, type and length in 4-byte units without these 4 bytes:
 *
 *     0             8               16                            32
 *     | version (2), options (6) | O, C |    protocol type        |
 *     |                VNI                          |  reserved   |
 *     |    option class            |    type    |  rsvd, length   |
 */
export function geneve(walk: Walk): Layer {
  const { bytes, at, packet } = walk;
  if (walk.left() < 8 || bytes[at] >> 6 !== 0) return Layer.done;
  const optionsBytes = (bytes[at] & 0x3f) << 2;
  if (walk.left() < 8 + optionsBytes) return Layer.done;
  const isOutermost = packet.tunnelTier === 0;
  if (!walk.enter(Tunnel.geneve, u24(bytes, at + 4))) return Layer.done;
  if (isOutermost) ovnKeys(packet, at + 8, at + 8 + optionsBytes);
  return walk.next(Layer.ether_type, 8 + optionsBytes, u16(bytes, at + 2));
}

/** Reads the option of OVN, reserved (1 bit), ingress port (15), egress port (16), from the options at `at`. */
export function ovnKeys(packet: Packet, at: number, end: number): void {
  const { bytes } = packet;
  packet.ovnIngressKey = packet.ovnEgressKey = 0;
  while (at + 4 <= end) {
    const bodyBytes = (bytes[at + 3] & 0x1f) << 2;
    if (u16(bytes, at) === OVN_CLASS && bytes[at + 2] === OVN_TYPE && bodyBytes === 4 && at + 8 <= end) {
      packet.ovnIngressKey = u16(bytes, at + 4) & 0x7fff;
      packet.ovnEgressKey = u16(bytes, at + 6);
    }
    at += 4 + bodyBytes;
  }
}
