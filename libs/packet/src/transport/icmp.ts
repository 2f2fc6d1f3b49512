import { u16 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { noPayload } from './other.ts';
import { quoted } from './quoted.ts';

/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443):
 *
 *     0        8        16                      32
 *     |  type  |  code  |       checksum         |
 *     |  identifier     |    sequence number     |  echo; other content in other messages
 *     |  errors: the packet that caused it ...
 */
export function icmp(walk: Walk): Layer {
  const type = header(walk);
  // Echo, timestamp, information and address mask, each request and reply, carry identifier and sequence.
  if (type === 0 || type === 8 || (type >= 13 && type <= 18)) identifier(walk);
  // Unreachable, source quench, redirect, time exceeded, parameter problem.
  else if (type === 3 || type === 4 || type === 5 || type === 11 || type === 12) quoted(walk);
  return Layer.done;
}

export function icmpv6(walk: Walk): Layer {
  const type = header(walk);
  if (type === 128 || type === 129) identifier(walk);
  else if (type >= 1 && type <= 4) quoted(walk);
  return Layer.done;
}

/** Returns the type, -1 where it is cut off. */
function header(walk: Walk): number {
  const { bytes, at, packet } = walk;
  noPayload(walk);
  packet.icmpId = packet.icmpSequence = packet.quotedIpVersion = 0;
  const known = walk.left() >= 2;
  packet.icmpType = known ? bytes[at] : 0;
  packet.icmpCode = known ? bytes[at + 1] : 0;
  packet.laterFragment = !known;
  return known ? bytes[at] : -1;
}

function identifier(walk: Walk): void {
  const { bytes, at, packet } = walk;
  if (walk.left() < 8) return;
  packet.icmpId = u16(bytes, at + 4);
  packet.icmpSequence = u16(bytes, at + 6);
}
