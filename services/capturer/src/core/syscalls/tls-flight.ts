/** TLSCiphertext: type 1, version 2, length 2 (RFC 8446 5.1). */
const HEADER_BYTES = 5;
const CHANGE_CIPHER_SPEC = 20;

/**
 * Bytes in front of the first message of a client, in what it writes at once: its last words of the handshake. These are
 * change_cipher_spec, which clients of TLS 1.3 send too (RFC 8446 D.4), and the record with Finished. 0 where there is none.
 */
export function endOfHandshake(bytes: Uint8Array, start: number, end: number): number {
  const finished = start + HEADER_BYTES + 1;
  if (end - finished < HEADER_BYTES || bytes[start] !== CHANGE_CIPHER_SPEC || bytes[start + 4] !== 1) return 0;
  const message = finished + HEADER_BYTES + ((bytes[finished + 3] << 8) | bytes[finished + 4]);
  return message < end ? message - start : 0;
}
