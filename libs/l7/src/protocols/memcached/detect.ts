import { ascii } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { BINARY_HEADER_BYTES, BinaryHeader, REQUEST_MAGIC, RESPONSE_MAGIC } from './binary-header.ts';
import { CommandKind, kindOf } from './commands.ts';
import { Line } from './line.ts';

const header = new BinaryHeader();
const line = new Line();
const number = /^\d{1,20}$/;
const plainReplies = new Set('STORED NOT_STORED EXISTS NOT_FOUND DELETED TOUCHED END MN'.split(' '));
/** Replies to meta commands, which flags may follow: a letter each, with its value (doc/protocol.txt, "Meta Commands"). */
const metaReplies = new Set('HD EN NF NS EX VA'.split(' '));
const metaFlag = /^[A-Za-z][!-~]{0,40}$/;

/** Lengths of the extras that operations have: none, an expiration, flags too, a counter too. */
const requestExtras = new Set([0, 4, 8, 20]);
const responseExtras = new Set([0, 4]);

/** A header of the binary protocol, or a line of the text protocol: a command, or one of its replies. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: number, wireEnd: number): Verdict {
  const first = bytes[start];
  if (first === REQUEST_MAGIC || first === RESPONSE_MAGIC) return detectBinary(bytes, start, end, wireEnd);
  const isLower = first >= 0x61 && first <= 0x77;
  if (!isLower && !(first >= 0x44 && first <= 0x56)) return Verdict.no;
  const word = firstWord(bytes, start, end);
  if (isLower ? kindOf(word) === undefined : !isReply(word)) return Verdict.no;
  line.read(bytes, start, end);
  if (line.bytes <= 0) return line.bytes === 0 ? Verdict.maybe : Verdict.no;
  return isLower ? judgeCommand(line) : judgeReply(line);
}

/** Fields that depend on each other, and lengths that fit the segment: likely. */
function detectBinary(bytes: Uint8Array, start: number, end: number, wireEnd: number): Verdict {
  if (end - start < BINARY_HEADER_BYTES || !header.read(bytes, start)) return Verdict.no;
  if (header.opcode > 0x24 || (header.isRequest && header.status !== 0)) return Verdict.no;
  if (!header.isRequest && header.status > 0x90) return Verdict.no;
  if (!(header.isRequest ? requestExtras : responseExtras).has(header.extrasBytes)) return Verdict.no;
  const next = start + BINARY_HEADER_BYTES + header.bodyBytes;
  if (next === wireEnd) return Verdict.likely;
  if (next > wireEnd) return header.bodyBytes < 1 << 24 && header.keyBytes > 0 ? Verdict.maybe : Verdict.no;
  return bytes[next] === bytes[start] ? Verdict.likely : Verdict.no;
}

function judgeCommand({ words }: Line): Verdict {
  const kind = kindOf(words[0]);
  switch (kind) {
    case CommandKind.storage: {
      const numbers = words.slice(2, words[0] === 'cas' ? 6 : 5);
      const wanted = words[0] === 'cas' ? 4 : 3;
      return numbers.length === wanted && numbers.every((word) => number.test(word)) ? Verdict.likely : Verdict.no;
    }
    case CommandKind.plain:
      return words.length <= 3 ? Verdict.maybe : Verdict.no;
    case CommandKind.keyed:
      return words.length >= 2 && words.length <= 4 ? Verdict.maybe : Verdict.no;
    case CommandKind.metaStorage:
      return number.test(words[2]) && words.slice(3).every((word) => metaFlag.test(word)) ? Verdict.likely : Verdict.no;
    case CommandKind.meta:
      return words.length >= 2 && words.slice(2).every((word) => metaFlag.test(word)) ? Verdict.maybe : Verdict.no;
    default:
      return words.length >= 2 && words.every((word) => word.length <= 250) ? Verdict.maybe : Verdict.no;
  }
}

function judgeReply({ words }: Line): Verdict {
  if (words[0] === 'VALUE')
    return words.length >= 4 && words.slice(2, 5).every((word) => number.test(word)) ? Verdict.likely : Verdict.no;
  if (metaReplies.has(words[0])) {
    const isValue = words[0] === 'VA';
    if (isValue && !number.test(words[1])) return Verdict.no;
    return words.slice(isValue ? 2 : 1).every((word) => metaFlag.test(word)) ? Verdict.maybe : Verdict.no;
  }
  if (words[0] === 'STAT') return words.length >= 3 ? Verdict.maybe : Verdict.no;
  return words.length === 1 ? Verdict.maybe : Verdict.no;
}

const isReply = (word: string): boolean =>
  plainReplies.has(word) || metaReplies.has(word) || word === 'VALUE' || word === 'STAT';

function firstWord(bytes: Uint8Array, start: number, end: number): string {
  let at = start;
  while (at < end && at - start < 16 && bytes[at] > 0x20) at++;
  return ascii(bytes, start, at);
}
