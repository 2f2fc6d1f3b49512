import { u16be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { FRAME_END, FrameType, frameLength, PREFIX } from './frame.ts';
import { methodOf } from './methods.ts';

/** A protocol header, or a frame with a known method and the end of frames where its size says. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  const first = bytes[start];
  if (first === 0x41) return detectHeader(bytes, start, end);
  if (first === 0 || (first > FrameType.body && first !== FrameType.heartbeat)) return Verdict.no;
  if (end - start < PREFIX) return Verdict.maybe;
  const length = frameLength(bytes, start);
  if (length < 0) return Verdict.no;
  const last = start + length - 1;
  if (last < end && bytes[last] !== FRAME_END) return Verdict.no;
  if (first === FrameType.heartbeat) return last < end && length === wireEnd - start ? Verdict.likely : Verdict.maybe;
  if (first !== FrameType.method) return Verdict.maybe;
  if (start + PREFIX + 4 > end) return Verdict.maybe;
  if (methodOf(u16be(bytes, start + PREFIX), u16be(bytes, start + PREFIX + 2)) === undefined) return Verdict.no;
  return last < end ? Verdict.likely : Verdict.maybe;
}

function detectHeader(bytes: Uint8Array, start: number, end: number): Verdict {
  const there = 'AMQP'.slice(0, end - start);
  if (!startsWith(bytes, start, end, there)) return Verdict.no;
  if (end - start < 8) return Verdict.maybe;
  return isHeader091(bytes, start) ? Verdict.sure : Verdict.no;
}

/** `AMQP` 0 0 9 1 (section 2.2.4), or the 1 1 0 9 and 1 1 8 0 of 0-9 and 0-8, whose frames are the same. */
export function isHeader091(bytes: Uint8Array, start: number): boolean {
  const [a, b, c, d] = [bytes[start + 4], bytes[start + 5], bytes[start + 6], bytes[start + 7]];
  return (
    (a === 0 && b === 0 && c === 9 && d === 1) || (a === 1 && b === 1 && ((c === 0 && d === 9) || (c === 8 && d === 0)))
  );
}
