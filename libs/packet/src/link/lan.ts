import { u16, u48 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** FDDI (ANSI X3.139): frame control, destination, source, LLC; frame control 0x5x is LLC. */
export function fddi(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 13) return walk.fail(Drop.truncated);
  if ((bytes[at] & 0xf0) !== 0x50) return walk.fail(Drop.link_control);
  macs(walk, at + 1);
  return walk.next(Layer.llc, 13, 0);
}

/**
 * Token Ring (IEEE 802.5 3.2): access control, frame control (highest bits 01: LLC), destination, source, and, where the
 * highest bit of the source is set, routing information whose length is in its lowest five bits.
 */
export function tokenRing(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 15) return walk.fail(Drop.truncated);
  if (bytes[at + 1] >> 6 !== 1) return walk.fail(Drop.link_control);
  macs(walk, at + 2);
  const routingBytes = (bytes[at + 8] & 0x80) !== 0 ? bytes[at + 14] & 0x1f : 0;
  return walk.next(Layer.llc, 14 + routingBytes, 0);
}

/**
 * ARCNET as Linux captures it: source, destination, offset (16 bits), protocol; RFC 1051 puts the packet there, RFC 1201
 * 2.1 first a split flag and a sequence number (16), before them four bytes of exception where the flag is 0xff.
 */
export function arcnet(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 9) return walk.fail(Drop.truncated);
  const rfc1201 = bytes[at + 5] === 0xff ? 12 : 8;
  switch (bytes[at + 4]) {
    case 0xf0:
      return walk.next(Layer.ipv4, 5, 0);
    case 0xd4:
      return walk.next(Layer.ipv4, rfc1201, 0);
    case 0xc4:
      return walk.next(Layer.ipv6, rfc1201, 0);
    case 0xf1:
    case 0xd5:
      return walk.fail(Drop.arp);
    default:
      return walk.fail(Drop.ether_type);
  }
}

/** IP over InfiniBand (RFC 4391 6): global routing header (40 bytes), EtherType (16 bits), reserved (16). */
export function ipoib(walk: Walk): Layer {
  return typed(walk, 40, 44);
}

/** IP over IEEE 1394 as macOS captures it: destination, source (8 bytes each), EtherType. */
export function ieee1394(walk: Walk): Layer {
  return typed(walk, 16, 18);
}

/** Ethernet with a switch's tag of `tagBytes` behind the addresses. */
export function switchTag(walk: Walk, tagBytes: number): Layer {
  const { at } = walk;
  if (walk.left() < 14 + tagBytes) return walk.fail(Drop.truncated);
  macs(walk, at);
  return typed(walk, 12 + tagBytes, 14 + tagBytes);
}

function typed(walk: Walk, typeAt: number, headerBytes: number): Layer {
  if (walk.left() < headerBytes) return walk.fail(Drop.truncated);
  return walk.next(Layer.ether_type, headerBytes, u16(walk.bytes, walk.at + typeAt));
}

function macs(walk: Walk, at: number): void {
  walk.packet.dstMac = u48(walk.bytes, at);
  walk.packet.srcMac = u48(walk.bytes, at + 6);
}
