import type { Transport } from '../../protocol.ts';

export const HEADER_BYTES = 8;

/**
 *     type (8), code (8) = 0, checksum (16), identifier (16), sequence number (16), data
 *
 * Type 8 asks and 0 answers in ICMP (RFC 792), 128 and 129 in ICMPv6 (RFC 4443 4). Null for other messages. At least two
 * bytes are there.
 */
export function echoOf(bytes: Uint8Array, at: number, transport: Transport): 'request' | 'reply' | null {
  if (bytes[at + 1] !== 0) return null;
  const [request, reply] = transport === 'icmp6' ? [128, 129] : [8, 0];
  if (bytes[at] === request) return 'request';
  return bytes[at] === reply ? 'reply' : null;
}
