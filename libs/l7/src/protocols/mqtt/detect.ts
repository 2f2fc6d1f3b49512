import { u16be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { headerLength, remainingLength } from './fixed-header.ts';
import { PacketType } from './packet-types.ts';

/** CONNECT names the protocol; other packets have little that is fixed, but a length and topics of text. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  const header = headerLength(bytes, start, end);
  if (header <= 0) return header === 0 ? Verdict.maybe : Verdict.no;
  const body = start + header;
  const last = body + remainingLength(bytes, start, header);
  switch (bytes[start] >> 4) {
    case PacketType.connect:
      return detectConnect(bytes, body, end, last);
    case PacketType.connack:
      return last === wireEnd &&
        body + 1 < end &&
        bytes[body] < 2 &&
        (last - body === 2 ? bytes[body + 1] < 6 : last - body < 512)
        ? Verdict.maybe
        : Verdict.no;
    case PacketType.publish:
      return detectPublish(bytes, body, end, last, wireEnd);
    case PacketType.subscribe:
    case PacketType.unsubscribe:
      return last === wireEnd && last - body > 4 && detectFilter(bytes, body, end, last) ? Verdict.likely : Verdict.no;
    case PacketType.pingreq:
    case PacketType.pingresp:
      return last === body && last === wireEnd ? Verdict.maybe : Verdict.no;
    case PacketType.puback:
    case PacketType.pubrec:
    case PacketType.pubrel:
    case PacketType.pubcomp:
    case PacketType.suback:
    case PacketType.unsuback:
      return last - body >= 2 && last - body < 64 && last <= wireEnd ? Verdict.maybe : Verdict.no;
    default:
      return Verdict.no;
  }
}

function detectConnect(bytes: Uint8Array, body: number, end: number, last: number): Verdict {
  if (body + 9 > end) return last - body >= 10 ? Verdict.maybe : Verdict.no;
  if (startsWith(bytes, body, end, '\0\x04MQTT') || startsWith(bytes, body, end, '\0\x06MQIsdp')) return Verdict.sure;
  return Verdict.no;
}

function detectPublish(bytes: Uint8Array, body: number, end: number, last: number, wireEnd: number): Verdict {
  if (body + 2 > end) return Verdict.maybe;
  const length = u16be(bytes, body);
  if (
    length === 0 ||
    length > 256 ||
    body + 2 + length > last ||
    !isText(bytes, body + 2, Math.min(end, body + 2 + length))
  )
    return Verdict.no;
  return last === wireEnd && length >= 4 ? Verdict.likely : Verdict.maybe;
}

/** A packet identifier, in MQTT 5 properties, and a first filter. */
function detectFilter(bytes: Uint8Array, body: number, end: number, last: number): boolean {
  for (const at of [body + 2, body + 3]) {
    if (at + 2 > end) return false;
    const length = u16be(bytes, at);
    if (length > 0 && length <= 256 && at + 2 + length <= last && at + 2 + length <= end)
      return isText(bytes, at + 2, at + 2 + length);
  }
  return false;
}

function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] < 0x20 || bytes[i] === 0x7f) return false;
  return true;
}
