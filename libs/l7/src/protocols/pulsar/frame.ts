import { u32be } from '../../bytes/numbers.ts';

/** Two sizes, and the key and value of the command's type. */
export const PREFIX = 10;
/** Default of maxMessageSize is 5 MiB; brokers may be told more. */
const MAX_FRAME = 128 * 1024 * 1024;
const MAX_COMMAND = 48 * 1024;
const TYPE_KEY = 0x08;

/**
 * Apache Pulsar binary protocol, "Framing":
 *
 *     +---------------+-----------------+---------+--------------------------------------------------------+
 *     | total size, 4 | command size, 4 | command | of messages: 0x0e01, checksum, size, metadata, payload |
 *     +---------------+-----------------+---------+--------------------------------------------------------+
 *
 * Returns the length of the whole frame, or -1 if this is none. 10 bytes are there.
 */
export function frameLength(bytes: Uint8Array, start: number): number {
  const total = u32be(bytes, start);
  const command = u32be(bytes, start + 4);
  if (total > MAX_FRAME || command < 2 || command > MAX_COMMAND || total < command + 4) return -1;
  return bytes[start + 8] === TYPE_KEY ? total + 4 : -1;
}

export const commandLength = (bytes: Uint8Array, start: number): number => u32be(bytes, start + 4);
export const commandType = (bytes: Uint8Array, start: number): number => bytes[start + 9];
