import { ascii } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { commandWord } from './commands.ts';
import { endOfLine, readInteger } from './line.ts';

const STAR = 0x2a;
const DOLLAR = 0x24;

/**
 * `*<n>\r\n$<n>\r\n`, which no other protocol starts with; simple replies with a known word; and, with the port's hint
 * only, an inline command or any other reply.
 */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  switch (bytes[start]) {
    case STAR:
    case 0x3e: // >
    case 0x25: // %
    case 0x7e: // ~
      return detectAggregate(bytes, start, end);
    case 0x2b: // +
      return detectSimple(bytes, start, end, /^\+(OK|PONG|QUEUED|FULLRESYNC [0-9a-f]{40} \d+|CONTINUE)\r\n/);
    case 0x2d: // -
      return detectSimple(
        bytes,
        start,
        end,
        /^-(ERR(?! ')|WRONGTYPE|NOAUTH|WRONGPASS|NOPERM|MOVED|ASK|LOADING|BUSY|OOM|READONLY|NOSCRIPT|EXECABORT|CLUSTERDOWN|MASTERDOWN|MISCONF|NOPROTO|BUSYGROUP|NOGROUP|CROSSSLOT|TRYAGAIN) /,
      );
    case DOLLAR:
    case 0x3a: // :
      return detectNumber(bytes, start, end);
    default:
      return detectInline(bytes, start, end);
  }
}

function detectAggregate(bytes: Uint8Array, start: number, end: number): Verdict {
  const line = endOfLine(bytes, start + 1, Math.min(end, start + 14));
  if (line === -1 && end - start < 12) return Verdict.maybe;
  if (line < 0 || !(readInteger(bytes, start + 1, line) >= 0)) return Verdict.no;
  const next = line + 2;
  if (next === end) return Verdict.maybe;
  const second = endOfLine(bytes, next + 1, Math.min(end, next + 14));
  if (second < 0) return second === -1 && end - next < 12 ? Verdict.maybe : Verdict.no;
  if (bytes[next] === DOLLAR && readInteger(bytes, next + 1, second) >= 0) {
    const name = ascii(
      bytes,
      second + 2,
      Math.min(end, second + 2 + Math.min(20, readInteger(bytes, next + 1, second))),
    );
    return bytes[start] === STAR && commandWord(name).isKnown ? Verdict.sure : Verdict.likely;
  }
  return (bytes[next] === 0x3a || bytes[next] === STAR) && readInteger(bytes, next + 1, second) >= 0
    ? Verdict.likely
    : Verdict.no;
}

/** `+OK` is also said by POP3 and others; the error words and lengths are not. */
function detectSimple(bytes: Uint8Array, start: number, end: number, known: RegExp): Verdict {
  const line = ascii(bytes, start, Math.min(end, start + 80));
  if (!known.test(line)) return Verdict.no;
  return bytes[start] === 0x2d && !line.startsWith('-ERR ') ? Verdict.likely : Verdict.maybe;
}

function detectNumber(bytes: Uint8Array, start: number, end: number): Verdict {
  const line = endOfLine(bytes, start + 1, Math.min(end, start + 20));
  return line > 0 && readInteger(bytes, start + 1, line) >= -1 ? Verdict.maybe : Verdict.no;
}

function detectInline(bytes: Uint8Array, start: number, end: number): Verdict {
  let word = start;
  while (word < end && word - start < 20 && isLetter(bytes[word])) word++;
  if (word === start || word === end || (bytes[word] !== 0x20 && bytes[word] !== 0x0d && bytes[word] !== 0x0a))
    return Verdict.no;
  return commandWord(ascii(bytes, start, word)).isKnown ? Verdict.maybe : Verdict.no;
}

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

const published =
  /^\*(?:3\r\n\$\d+\r\n(?:s?message\r\n|[ps]?(?:un)?subscribe\r\n(?:\$-1|\$\d+\r\n[^\r]*)\r\n:)|4\r\n\$8\r\npmessage\r\n)/;

/** What a server tells a subscriber in RESP2: an array that begins with a word, as a command does. */
export function isPublished(bytes: Uint8Array, start: number, end: number): boolean {
  return published.test(ascii(bytes, start, Math.min(end, start + 300)));
}
