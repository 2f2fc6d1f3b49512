import { u16be } from '../../bytes/numbers.ts';
import { Verdict } from '../../protocol.ts';
import { CONTROL_BYTES, HEADER_BYTES, Mode, modeOf, stratumOf, versionOf } from './packet.ts';

const MAX_STRATUM = 16;
/** With extension fields and authentication; a list of variables is seldom longer. */
const MAX_LENGTH = 1024;

/** Little but small numbers: an answer whose two times at the server are alike is likely, all else needs the port. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: number, wireEnd: number): Verdict {
  const version = versionOf(bytes, start);
  const mode = modeOf(bytes, start);
  const length = wireEnd - start;
  if (version < 1 || version > 4 || mode < Mode.active || mode > Mode.control || length % 4 !== 0) return Verdict.no;
  if (mode === Mode.control) {
    if (end - start < CONTROL_BYTES || length > MAX_LENGTH) return Verdict.no;
    return u16be(bytes, start + 10) <= length - CONTROL_BYTES ? Verdict.maybe : Verdict.no;
  }
  if (end - start < HEADER_BYTES || length > MAX_LENGTH || stratumOf(bytes, start) > MAX_STRATUM) return Verdict.no;
  if (!fits(bytes, start + HEADER_BYTES, end, length - HEADER_BYTES)) return Verdict.no;
  if (mode !== Mode.server || version < 3) return Verdict.maybe;
  const received = u16be(bytes, start + 32);
  return received >= 0xc000 && received === u16be(bytes, start + 40) ? Verdict.likely : Verdict.maybe;
}

/** Nothing, a crypto-NAK, a key and digest, or an extension field: type, length in bytes, content (RFC 7822 3). */
function fits(bytes: Uint8Array, at: number, end: number, rest: number): boolean {
  if (rest === 0 || rest === 4 || rest === 20 || rest === 24 || at + 4 > end) return true;
  const length = u16be(bytes, at + 2);
  return length >= 16 && length % 4 === 0 && length <= rest;
}
