/**
 * Arithmetic of TCP sequence numbers, modulo 2^32 (RFC 9293 3.4). Numbers are less than 2^31 apart. The only place where
 * sequence numbers are compared or added.
 */

/** The distance from `b` to `a`: positive where `a` comes later. */
export function seqDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** `a` comes after `b`. */
export function seqAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** `a` comes before `b`. */
export function seqBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** The sequence number `bytes` after `seq`. */
export function seqAdd(seq: number, bytes: number): number {
  return (seq + bytes) >>> 0;
}
