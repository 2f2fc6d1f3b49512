import { u16, u32, u32le } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { serial } from './hdlc.ts';

/** BSD loopback: address family (32 bits) in the byte order of the host that captured it: told by which is small. */
export function loopback(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 4) return walk.fail(Drop.truncated);
  const first = u16(bytes, at);
  if (first === 0xff03 || first === 0x0f00 || first === 0x8f00) return serial(walk); // written so by some systems
  const big = u32(bytes, at);
  walk.at += 4;
  return addressFamily(walk, big > 0xffff ? u32le(bytes, at) : big);
}

/** IP by the address family of some operating system. */
export function addressFamily(walk: Walk, family: number): Layer {
  switch (family) {
    case 2:
      return Layer.ipv4;
    case 10: // Linux
    case 23: // Windows
    case 24: // NetBSD, OpenBSD
    case 26: // Solaris
    case 28: // FreeBSD
    case 30: // macOS
      return Layer.ipv6;
    default:
      return walk.fail(Drop.ether_type);
  }
}

/** OpenBSD enc: address family, security parameter index, flags (32 bits each; the first in either byte order). */
export function enc(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 12) return walk.fail(Drop.truncated);
  const big = u32(bytes, at);
  walk.at += 12;
  return addressFamily(walk, big > 0xffff ? u32le(bytes, at) : big);
}

/** Packet filter log: length of the header without its padding to 32 bits, address family (8 bits each), content. */
export function pflog(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 4) return walk.fail(Drop.truncated);
  walk.at += (bytes[at] + 3) & ~3;
  return addressFamily(walk, bytes[at + 1]);
}

/** Solaris ipnet: version, address family (8 bits each), hook (16), lengths, interfaces and zones; 24 bytes. */
export function ipnet(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 24) return walk.fail(Drop.truncated);
  walk.at += 24;
  return addressFamily(walk, bytes[at + 1]);
}
