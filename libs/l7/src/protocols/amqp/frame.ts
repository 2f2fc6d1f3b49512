import { u16be, u32be } from '../../bytes/numbers.ts';

export const FrameType = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;
/** Bytes before the payload. */
export const PREFIX = 7;
export const FRAME_END = 0xce;
/** RabbitMQ's frame_max is 128 KiB by default; clients may agree on more. */
const MAX_PAYLOAD = 128 * 1024 * 1024;

/**
 * AMQP 0-9-1 section 2.3.5:
 *
 *     +---------+------------+---------+---------+-----------+
 *     | type, 1 | channel, 2 | size, 4 | payload | 0xce, 1   |
 *     +---------+------------+---------+---------+-----------+
 *
 * Returns the length of the whole frame, or -1 if this is none. 7 bytes are there.
 */
export function frameLength(bytes: Uint8Array, start: number): number {
  const type = bytes[start];
  const size = u32be(bytes, start + 3);
  if (size > MAX_PAYLOAD) return -1;
  if (type === FrameType.heartbeat) return size === 0 && channelOf(bytes, start) === 0 ? PREFIX + 1 : -1;
  if (type === FrameType.method ? size < 4 : type === FrameType.header ? size < 14 : type !== FrameType.body) return -1;
  return PREFIX + size + 1;
}

export const channelOf = (bytes: Uint8Array, start: number): number => u16be(bytes, start + 1);
