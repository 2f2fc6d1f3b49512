import { u16be } from '../../bytes/numbers.ts';

/**
 * ClientHello in the form of SSL 2, which offers later versions too (RFC 5246 E.2):
 * `length (15, first bit 1), type (8) = 1, version (16), lengths of ciphers, session id, challenge (16 each)`
 */
export function isSsl2Hello(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 11 || bytes[start] < 0x80 || bytes[start + 2] !== 1) return false;
  const version = u16be(bytes, start + 3);
  if (version !== 2 && (version < 0x0300 || version > 0x0303)) return false;
  const [ciphers, session, challenge] = [5, 7, 9].map((at) => u16be(bytes, start + at));
  const length = 9 + ciphers + session + challenge;
  return (
    ciphers % 3 === 0 && ciphers > 0 && challenge >= 16 && challenge <= 32 && ssl2Length(bytes, start) === length + 2
  );
}

/** Bytes of an SSL 2 record with a header of two bytes. */
export const ssl2Length = (bytes: Uint8Array, start: number): number => 2 + (u16be(bytes, start) & 0x7fff);

/** The version that such a hello offers. */
export const ssl2Version = (bytes: Uint8Array, start: number): number => u16be(bytes, start + 3);
