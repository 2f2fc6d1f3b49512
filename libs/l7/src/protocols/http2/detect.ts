import { u16be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { FRAME_HEADER_BYTES, FrameHeader, FrameType } from './frame.ts';

/** First bytes of a client (RFC 9113 3.4). */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

const frame = new FrameHeader();

/**
 * The preface, the SETTINGS that a server starts with, or in the middle of a connection frames that fit one behind the
 * other to the end of the segment.
 */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  const first = bytes[start];
  if (first === 0x50) return detectPreface(bytes, start, end);
  if (first !== 0 || end - start < FRAME_HEADER_BYTES) return Verdict.no;
  frame.read(bytes, start);
  if (!frame.isUsual || bytes[start + 5] > 0x7f) return Verdict.no;
  if (frame.type === FrameType.settings) {
    const known = knownSettings(bytes, start + FRAME_HEADER_BYTES, end, frame.length);
    if (known !== Verdict.maybe) return known;
  }
  const headers = frame.type === FrameType.headers && isBlockOfMessage(bytes, start, end, frame);
  const fitting = countFrames(bytes, start, end);
  if (fitting === 0) return Verdict.no;
  return headers || fitting >= 3 ? Verdict.likely : Verdict.maybe;
}

/** How many usual frames follow one another from `start` on, of which the last may go on behind `end`; 0 if something else is among them. */
export function countFrames(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; count++) {
    if (end - at < FRAME_HEADER_BYTES) return count;
    frame.read(bytes, at);
    if (!frame.isUsual || bytes[at + 5] > 0x7f) return 0;
    at += FRAME_HEADER_BYTES + frame.length;
  }
  return count;
}

function detectPreface(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start >= PREFACE.length) return startsWith(bytes, start, end, PREFACE) ? Verdict.sure : Verdict.no;
  return startsWith(bytes, start, end, PREFACE.slice(0, end - start)) ? Verdict.maybe : Verdict.no;
}

/** Settings that are all defined ones (6.5.2, RFC 8441, 9218) leave no doubt; none at all leave some. */
function knownSettings(bytes: Uint8Array, start: number, end: number, length: number): Verdict {
  const count = Math.min(length, end - start) / 6;
  for (let i = 0; i + 1 <= count; i++) {
    const id = u16be(bytes, start + i * 6);
    if (id < 1 || id > 9) return Verdict.maybe;
  }
  return count >= 1 ? Verdict.sure : Verdict.maybe;
}

/** Does the block start with a pseudo-header of the static table: `:method`, `:path`, `:scheme`, `:status`, or a table size update? */
function isBlockOfMessage(bytes: Uint8Array, start: number, end: number, { flags, length }: FrameHeader): boolean {
  if (length < 1) return false;
  const at = start + FRAME_HEADER_BYTES + (flags & 8 ? 1 : 0) + (flags & 0x20 ? 5 : 0);
  if (at >= end) return false;
  const byte = bytes[at];
  return (byte >= 0x82 && byte <= 0x8e) || byte === 0x48 || byte === 0x3f || byte === 0x20;
}
