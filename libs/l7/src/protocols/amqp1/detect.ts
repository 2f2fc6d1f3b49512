import { startsWith } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { bodyOf, FrameType, frameLength, isHeader10, PREFIX } from './frame.ts';

/** A protocol header of version 1.0, or a frame whose body is one of the known performatives: a described list. */
export function detect10(bytes: Uint8Array, start: number, end: number): Verdict {
  if (bytes[start] === 0x41) {
    if (!startsWith(bytes, start, end, 'AMQP'.slice(0, end - start))) return Verdict.no;
    if (end - start < PREFIX) return Verdict.maybe;
    return isHeader10(bytes, start) ? Verdict.sure : Verdict.no;
  }
  if (bytes[start] !== 0) return Verdict.no;
  if (end - start < PREFIX) return end - start > 4 && bytes[start + 4] !== 2 ? Verdict.no : Verdict.maybe;
  const length = frameLength(bytes, start);
  if (length < 0 || bytes[start + 4] !== 2) return Verdict.no;
  if (length === PREFIX) return bytes[start + 5] === FrameType.amqp ? Verdict.maybe : Verdict.no; // a heartbeat
  const body = bodyOf(bytes, start);
  if (body + 4 > end) return Verdict.maybe;
  const isSasl = bytes[start + 5] === FrameType.sasl;
  const code = bytes[body + 2];
  const known = isSasl ? code >= 0x40 && code <= 0x44 : code >= 0x10 && code <= 0x18;
  const list = bytes[body + 3];
  const described = bytes[body] === 0 && bytes[body + 1] === 0x53;
  return described && known && (list === 0xc0 || list === 0xd0 || list === 0x45) ? Verdict.sure : Verdict.no;
}
