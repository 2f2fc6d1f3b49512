import { u32be } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { commandName } from './commands.ts';
import { isWireFormatInfo } from './wire-format.ts';

const MAGIC_END = 13;
const SHORTEST = 5;
const MAX_BOOLEAN_BYTES = 32;
const MAX_FRAME = 128 * 1024 * 1024;

/** The magic of WireFormatInfo. Later commands have a known type and fill their segment, which says little. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  if (bytes[start] > 7) return Verdict.no;
  if (end - start < 10) return bytes[start] === 0 ? Verdict.maybe : Verdict.no;
  const length = frameLength(bytes, start);
  if (length < 0) return Verdict.no;
  if (bytes[start + 4] === 1) {
    if (end - start >= MAGIC_END) return isWireFormatInfo(bytes, start, end) ? Verdict.sure : Verdict.no;
    return Verdict.maybe;
  }
  return detectLater(bytes, start, end, wireEnd);
}

/** Commands one behind the other up to the end of the segment; the last of several may go on behind it. */
function detectLater(bytes: Uint8Array, start: number, end: number, wireEnd: number): Verdict {
  let commands = 0;
  let at = start;
  for (; at + 10 <= end; commands++) {
    const length = frameLength(bytes, at);
    if (length < 0 || !isPlausible(bytes, at + 5, end)) return Verdict.no;
    at += length;
  }
  if (at === wireEnd) return commands > 1 ? Verdict.likely : Verdict.maybe;
  return commands > 1 && at > end ? Verdict.maybe : Verdict.no;
}

/** A command id below 2^24 where one encoding or the other has it. @param at behind the data type */
function isPlausible(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] === 0) return bytes[at + 4] <= 1; // loose: id, and whether a response is wanted
  const id = at + 1 + bytes[at]; // tight: booleans, id
  return bytes[at] <= MAX_BOOLEAN_BYTES && id < end && bytes[id] === 0;
}

/** Size in 4 bytes, which counts what follows, and a data type. Length of the whole command, or -1. 5 bytes are there. */
export function frameLength(bytes: Uint8Array, start: number): number {
  const size = u32be(bytes, start);
  return size >= SHORTEST && size <= MAX_FRAME && commandName(bytes[start + 4]) !== undefined ? size + 4 : -1;
}
