import { i32le, u32le } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { HEADER_BYTES, messageLength, OpCode } from './header.ts';

/** A known opcode, a length, and what each kind of message has next. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  if (end - start < HEADER_BYTES) return bytes[start + 3] > 2 ? Verdict.no : Verdict.maybe;
  const length = messageLength(bytes, start);
  if (length === 0) return Verdict.no;
  const op = u32le(bytes, start + 12);
  const responseTo = u32le(bytes, start + 8);
  if (op === OpCode.reply && (responseTo === 0 || length < 36)) return Verdict.no;
  if (op === OpCode.msg && !isMessageBody(bytes, start, end)) return Verdict.no;
  if (op === OpCode.query && end - start >= 20 && u32le(bytes, start + 16) > 0xff) return Verdict.no;
  if (start + length === wireEnd) return op === OpCode.reply ? Verdict.likely : Verdict.sure;
  return start + length > wireEnd || messageFollows(bytes, start + length, end) ? Verdict.likely : Verdict.no;
}

/** flags of the lower half: bits 0 and 1 known; section of kind 0 or 1 with a length */
function isMessageBody(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 25) return true;
  if ((u32le(bytes, start + 16) & 0xfffc) !== 0) return false;
  const length = i32le(bytes, start + 21);
  return bytes[start + 20] <= 1 && length >= 5 && length <= i32le(bytes, start);
}

const messageFollows = (bytes: Uint8Array, at: number, end: number): boolean =>
  end - at < HEADER_BYTES || messageLength(bytes, at) > 0;
