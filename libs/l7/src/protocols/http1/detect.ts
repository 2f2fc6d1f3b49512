import { ascii, indexOf, startsWith } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { isTargetByte, isTokenByte, isUsualMethod } from './grammar.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const MAX_METHOD = 24;
/** A request line is not judged any further. */
const MAX_LINE = 16_384;

/**
 * A status line `HTTP/1.1 200`, or a request line `TOKEN target HTTP/1.1` (RFC 9112 3 and 4). A request line of which
 * the end is not there yet must start with a method in capitals and a path or an absolute URI.
 */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  const first = bytes[start];
  if (first === 0x48 && startsWith(bytes, start, end, 'HTTP/')) return detectStatusLine(bytes, start, end);
  if (!isTokenByte(first)) return Verdict.no;
  let space = start + 1;
  while (space < end && bytes[space] !== SPACE) {
    if (space - start >= MAX_METHOD || !isTokenByte(bytes[space])) return Verdict.no;
    space++;
  }
  if (space === end) return isCapitals(bytes, start, end) ? Verdict.maybe : Verdict.no;
  return detectTarget(bytes, start, space, end);
}

function detectTarget(bytes: Uint8Array, start: number, space: number, end: number): Verdict {
  const limit = Math.min(end, start + MAX_LINE);
  const line = indexOf(bytes, LF, space, limit);
  if (line < 0) return looksLikeTarget(bytes, start, space, limit);
  const last = bytes[line - 1] === CR ? line - 1 : line;
  if (startsWith(bytes, last - 9, last, ' HTTP/1.') && isDigit(bytes[last - 1])) return Verdict.sure;
  const usual = isTargetByte(bytes[space + 1]) && isUsualMethod(ascii(bytes, start, space));
  return usual && !startsWith(bytes, last - 9, last, ' HTTP/')
    ? looksLikeTarget(bytes, start, space, last)
    : Verdict.no;
}

/** No end of line so far: all of it must be text, after a method in capitals. */
function looksLikeTarget(bytes: Uint8Array, start: number, space: number, end: number): Verdict {
  if (space - start < 2 || !isCapitals(bytes, start, space)) return Verdict.no;
  if (bytes[end - 1] === CR) end--;
  for (let i = space + 1; i < end; i++) if (bytes[i] < SPACE || bytes[i] === 0x7f) return Verdict.no;
  const target = space + 1;
  if (end - target < 8) return Verdict.maybe;
  return bytes[target] === 0x2f || startsWith(bytes, target, end, 'http') ? Verdict.likely : Verdict.maybe;
}

function detectStatusLine(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start < 12) return startsWith(bytes, start, end, 'HTTP/1.') || end - start < 7 ? Verdict.maybe : Verdict.no;
  const digits = isDigit(bytes[start + 9]) && isDigit(bytes[start + 10]) && isDigit(bytes[start + 11]);
  return startsWith(bytes, start, end, 'HTTP/1.') && bytes[start + 8] === SPACE && digits ? Verdict.sure : Verdict.no;
}

function isCapitals(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++)
    if ((bytes[i] < 0x41 || bytes[i] > 0x5a) && bytes[i] !== 0x2d && bytes[i] !== 0x5f) return false;
  return true;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
