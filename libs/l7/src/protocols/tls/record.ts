import { u16be } from '../../bytes/numbers.ts';

/**
 *     ContentType type (8); ProtocolVersion version (16); uint16 length; opaque fragment[length]     RFC 8446 5.1
 */
export const RECORD_HEADER_BYTES = 5;
export const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
/** 2^14 and what TLS 1.2 allows for expansion (RFC 5246 6.2.3). */
const MAX_FRAGMENT = 16_384 + 2048;

/** Length of the fragment at a record's start, -1 if it is no record of SSL 3 to TLS 1.3. Five bytes must be there. */
export function recordLength(bytes: Uint8Array, at: number): number {
  const type = bytes[at];
  if (type < ContentType.changeCipherSpec || type > 24 || bytes[at + 1] !== 3 || bytes[at + 2] > 4) return -1;
  const length = u16be(bytes, at + 3);
  if (length > MAX_FRAGMENT || (length === 0 && type !== ContentType.applicationData)) return -1;
  if (type === ContentType.changeCipherSpec && length !== 1) return -1;
  return length;
}
