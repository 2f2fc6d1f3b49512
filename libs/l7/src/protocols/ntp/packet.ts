import { u32be } from '../../bytes/numbers.ts';
import { ascii } from '../../bytes/text.ts';

export const HEADER_BYTES = 48;
export const CONTROL_BYTES = 12;
export const Mode = { active: 1, passive: 2, client: 3, server: 4, broadcast: 5, control: 6 } as const;
export const modeNames = ['', 'SYMMETRIC_ACTIVE', 'SYMMETRIC_PASSIVE', 'CLIENT', 'SERVER', 'BROADCAST', 'CONTROL'];

/**
 *     leap (2), version (3), mode (3), stratum (8), poll (8), precision (8), root delay (32), root dispersion (32)
 *     reference id (32), reference, origin, receive and transmit timestamp (64 each)             RFC 5905 7.3
 */
export const modeOf = (bytes: Uint8Array, at: number): number => bytes[at] & 7;
export const versionOf = (bytes: Uint8Array, at: number): number => (bytes[at] >> 3) & 7;
export const stratumOf = (bytes: Uint8Array, at: number): number => bytes[at + 1];

/** What names an exchange: a server sends the client's transmit timestamp back as the origin. */
export const transmitOf = (bytes: Uint8Array, at: number): string => timestamp(bytes, at + 40);
export const originOf = (bytes: Uint8Array, at: number): string => timestamp(bytes, at + 24);

/** The four letters of a kiss-o'-death, which has stratum 0 (RFC 5905 7.4); '' if this is none. */
export function kissOf(bytes: Uint8Array, at: number): string {
  const code = stratumOf(bytes, at) === 0 ? ascii(bytes, at + 12, at + 16) : '';
  return /^[A-Z]{4}$/.test(code) ? code : '';
}

const timestamp = (bytes: Uint8Array, at: number): string =>
  `${u32be(bytes, at).toString(16)}.${u32be(bytes, at + 4).toString(16)}`;
