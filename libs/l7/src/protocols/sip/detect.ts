import { ascii, startsWith } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';

const requestLine = /^[A-Z]{3,12} (sips?|tel):[^\s]+ SIP\/2\.0\r\n/;
const requestStart = /^[A-Z]{3,12} (sips?|tel):[^\s]+( S?I?P?\/?2?\.?0?)?\r?$/;

/** The first line names protocol and version, as HTTP's does. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  const first = bytes[start];
  if (first < 0x41 || first > 0x55) return Verdict.no;
  if (startsWith(bytes, start, end, 'SIP/2.0 ')) return Verdict.sure;
  const line = ascii(bytes, start, Math.min(end, start + 512));
  if (requestLine.test(line)) return Verdict.sure;
  return requestStart.test(line) || 'SIP/2.0 '.startsWith(line) ? Verdict.maybe : Verdict.no;
}
