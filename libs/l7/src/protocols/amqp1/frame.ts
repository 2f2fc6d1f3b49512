import { u16be, u32be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';

/** Bytes before the extended header. */
export const PREFIX = 8;
export const HEADER_BYTES = 8;
const MAX_FRAME = 128 * 1024 * 1024;

export const FrameType = { amqp: 0, sasl: 1 } as const;

/**
 * AMQP 1.0 part 2, section 2.3:
 *
 *     +---------+---------+---------+------------+-----------------+------+
 *     | size, 4 | doff, 1 | type, 1 | channel, 2 | extended header | body |
 *     +---------+---------+---------+------------+-----------------+------+
 *
 * `size` counts the whole frame, `doff` the words of 4 bytes before the body. Returns the size, or -1 if this is no frame. 8
 * bytes are there.
 */
export function frameLength(bytes: Uint8Array, start: number): number {
  const size = u32be(bytes, start);
  const doff = bytes[start + 4];
  if (size < PREFIX || size > MAX_FRAME || doff < 2 || doff * 4 > size) return -1;
  return bytes[start + 5] <= FrameType.sasl ? size : -1;
}

export const bodyOf = (bytes: Uint8Array, start: number): number => start + bytes[start + 4] * 4;
export const channelOf = (bytes: Uint8Array, start: number): number => u16be(bytes, start + 6);

/** `AMQP`, then AMQP (0), TLS (2) or SASL (3), and version 1.0.0 (section 2.2). 8 bytes are there. */
export function isHeader10(bytes: Uint8Array, start: number): boolean {
  const id = bytes[start + 4];
  return (
    startsWith(bytes, start, start + 4, 'AMQP') &&
    (id === 0 || id === 2 || id === 3) &&
    bytes[start + 5] === 1 &&
    bytes[start + 6] === 0 &&
    bytes[start + 7] === 0
  );
}
