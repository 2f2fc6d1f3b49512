import { PacketType } from './packet-types.ts';

/**
 * MQTT 5 section 2.1.1:
 *
 *     +--------------+-------------+---------------------------------+
 *     | type, 4 bits | flags, 4    | remaining length, 1 to 4 bytes  |
 *     +--------------+-------------+---------------------------------+
 *
 * Returns the length of the header; 0 if it is not all there, -1 if it cannot be one. `remainingLength` reads the number.
 */
export function headerLength(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return 0;
  if (!validFlags(bytes[start])) return -1;
  for (let i = 1; i <= 4; i++) {
    if (start + i >= end) return 0;
    if (bytes[start + i] < 0x80) return i + 1;
  }
  return -1;
}

/** Bytes behind the fixed header, which is `header` bytes long. */
export function remainingLength(bytes: Uint8Array, start: number, header: number): number {
  let length = 0;
  for (let i = header - 1; i > 0; i--) length = length * 128 + (bytes[start + i] & 0x7f);
  return length;
}

/** Reserved bits have fixed values (section 2.1.3), and there is no QoS 3. MQTT 3.1 sets DUP in SUBSCRIBE and PUBREL. */
function validFlags(first: number): boolean {
  const flags = first & 0x0f;
  switch (first >> 4) {
    case 0:
      return false;
    case PacketType.publish:
      return (flags & 0x06) !== 0x06;
    case PacketType.pubrel:
    case PacketType.subscribe:
    case PacketType.unsubscribe:
      return (flags & 0x07) === 0x02;
    default:
      return flags === 0;
  }
}
