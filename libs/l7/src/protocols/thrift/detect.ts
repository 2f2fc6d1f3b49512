import { Verdict } from '../../protocol.ts';
import { Found, MessageHead } from './message-head.ts';

const head = new MessageHead();
/** First byte of a field, or the end of the struct. */
const FIRST_IN_BINARY = new Set([0, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15, 16]);

/** A head whose name is a name, and a field behind it. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: number, wireEnd: number): Verdict {
  const first = bytes[start];
  if (first > 0x10 && first !== 0x80 && first !== 0x82) return Verdict.no;
  const found = head.read(bytes, start, end);
  if (found === Found.nothing) return Verdict.no;
  if (found === Found.more) return Verdict.maybe;
  if (head.framedBytes > 0 && head.bodyAt >= start + head.framedBytes) return Verdict.no;
  if (head.isStrict) return Verdict.sure;
  if (head.bodyAt >= end) return Verdict.maybe;
  if (head.isCompact ? !startsCompact(bytes[head.bodyAt]) : !FIRST_IN_BINARY.has(bytes[head.bodyAt])) return Verdict.no;
  if (head.framedBytes > 0) return start + head.framedBytes >= wireEnd ? Verdict.likely : Verdict.maybe;
  return head.nameEnd - head.nameAt >= 3 ? Verdict.likely : Verdict.maybe;
}

function startsCompact(byte: number): boolean {
  const type = byte & 0x0f;
  return byte === 0 || (type > 0 && type <= 13);
}
