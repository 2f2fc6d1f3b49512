import { u16be } from '../../bytes/numbers.ts';
import { Verdict } from '../../protocol.ts';
import {
  additionalOf,
  answersOf,
  authoritiesOf,
  HEADER_BYTES,
  isResponse,
  opcodeOf,
  questionsOf,
  rcodeOf,
} from './header.ts';
import { skipName } from './name.ts';
import { isKnownType } from './names-of-numbers.ts';

/** No response carries more records of a kind; zone transfers have hundreds. */
const MAX_RECORDS = 1024;

/** Can these 12 bytes be a header? */
export function isSensible(bytes: Uint8Array, start: number): boolean {
  const opcode = opcodeOf(bytes, start);
  if (opcode > 6 || opcode === 3 || rcodeOf(bytes, start) > 11) return false;
  const questions = questionsOf(bytes, start);
  const answers = answersOf(bytes, start);
  if (questions > 64 || answers > MAX_RECORDS || authoritiesOf(bytes, start) > 64 || additionalOf(bytes, start) > 128)
    return false;
  if (questions + answers === 0) return opcode > 0 || isResponse(bytes, start); // DSO, and refusals without the question
  return isResponse(bytes, start) || opcode > 0 || answers <= 64;
}

/** A message: header with sensible counts, then a question or record with a name, a known type and a class. */
export function detectMessage(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start < HEADER_BYTES) return Verdict.no;
  if (!isSensible(bytes, start)) return Verdict.no;
  const questions = questionsOf(bytes, start);
  if (questions + answersOf(bytes, start) === 0) return Verdict.no;
  const isQuery = !isResponse(bytes, start) && opcodeOf(bytes, start) === 0;
  const name = start + HEADER_BYTES;
  if (isNetbiosName(bytes, name, end)) return Verdict.no;
  const fields = skipName(bytes, name, end);
  if (fields < 0 || fields + 4 > end) return fields === -1 ? Verdict.no : Verdict.maybe;
  const sensible = isKnownType(u16be(bytes, fields)) && isClass(u16be(bytes, fields + 2));
  // A query has no result to tell; some senders leave garbage in its place.
  if (sensible && isQuery && rcodeOf(bytes, start) !== 0) return questions === 1 ? Verdict.likely : Verdict.no;
  if (sensible) return questions === 1 || fields - name > 2 ? Verdict.sure : Verdict.likely;
  return questions === 1 && isClass(u16be(bytes, fields + 2)) ? Verdict.likely : Verdict.no;
}

/** A name of NetBIOS: 32 letters from A to P (RFC 1001 14.1), in messages that otherwise look like those of DNS. */
function isNetbiosName(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] !== 32 || at + 33 > end) return false;
  for (let i = at + 1; i <= at + 32; i++) if (bytes[i] < 0x41 || bytes[i] > 0x50) return false;
  return true;
}

/** The same behind a length that fits: all of the message, or more than this segment holds. */
export function detectTcp(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start < 2) return Verdict.maybe;
  const length = u16be(bytes, start);
  if (length < HEADER_BYTES + 5 || length > 0x4000) return Verdict.no;
  if (end - start < 2 + HEADER_BYTES) return Verdict.maybe;
  return detectMessage(bytes, start + 2, Math.min(end, start + 2 + length));
}

/** IN, CH, HS, NONE, ANY; in multicast DNS the top bit asks for a unicast answer or a cache flush (RFC 6762 5.4). */
function isClass(value: number): boolean {
  const plain = value & 0x7fff;
  return plain === 1 || plain === 3 || plain === 4 || plain === 254 || plain === 255;
}
