import { u32be } from '../../bytes/numbers.ts';

/** Bytes before each message. */
export const GRPC_PREFIX = 5;

/**
 * Does a DATA frame hold gRPC messages and nothing else (gRPC over HTTP/2, Length-Prefixed-Message: compressed flag (8), length (32),
 * message)? Their lengths have to add up to that of the frame, which nothing else does: so the first has to be there.
 *
 * @param length of the frame's payload, of which [at, end) is there
 */
export function holdsMessages(bytes: Uint8Array, at: number, end: number, length: number): boolean {
  const last = at + length;
  let count = 0;
  while (at < last) {
    if (at + GRPC_PREFIX > Math.min(last, end)) return count > 0 && at + GRPC_PREFIX <= last;
    if (bytes[at] > 1) return false;
    at += GRPC_PREFIX + u32be(bytes, at + 1);
    count++;
  }
  return at === last && count > 0;
}
