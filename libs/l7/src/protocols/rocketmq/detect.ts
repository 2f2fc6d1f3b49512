import { startsWith } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { BINARY_HEADER, frameLength, headerLength, isBinaryHeader, JSON_HEADER, PREFIX } from './frame.ts';

/** Lengths that agree, and a header that begins as one: JSON with `code`, or numbers that add up. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  if (bytes[start] > 3) return Verdict.no;
  if (end - start < PREFIX) return Verdict.maybe;
  if (frameLength(bytes, start) < 0) return Verdict.no;
  const header = start + PREFIX;
  if (bytes[start + 4] === BINARY_HEADER)
    return isBinaryHeader(bytes, header, end, headerLength(bytes, start)) ? Verdict.likely : Verdict.no;
  if (bytes[start + 4] !== JSON_HEADER) return Verdict.no;
  if (header >= end) return Verdict.maybe;
  return startsWith(bytes, header, end, '{"code":') || startsWith(bytes, header, end, '{"extFields":')
    ? Verdict.sure
    : bytes[header] === 0x7b
      ? Verdict.likely
      : Verdict.no;
}
