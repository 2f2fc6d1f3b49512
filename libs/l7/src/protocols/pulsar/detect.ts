import { u32be } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { kindOf } from './commands.ts';
import { commandLength, commandType, frameLength, PREFIX } from './frame.ts';

/** Sizes that agree, a known type, and the field of that very number behind it: 1 in 10^7. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  if (bytes[start] > 8) return Verdict.no;
  if (end - start < PREFIX + 3) return end - start < 8 && bytes[start] === 0 ? Verdict.maybe : Verdict.no;
  if (frameLength(bytes, start) < 0 || kindOf(commandType(bytes, start)) === undefined) return Verdict.no;
  const type = commandType(bytes, start);
  const key = bytes[start + PREFIX] | (type >= 16 ? bytes[start + PREFIX + 1] << 8 : 0);
  if (key !== keyOf(type)) return Verdict.no;
  const hasPayload = u32be(bytes, start) > commandLength(bytes, start) + 4;
  return hasPayload && type !== 6 && type !== 9 ? Verdict.no : Verdict.likely;
}

/** Field of a message in BaseCommand has the number of its type: as key in one or two bytes, little endian. */
function keyOf(type: number): number {
  const key = type * 8 + 2;
  return key < 0x80 ? key : (key & 0x7f) | 0x80 | ((key >> 7) << 8);
}
