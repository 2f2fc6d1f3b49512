import { replyCode } from '../../bytes/reply-line.ts';
import { ascii } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { isCommand } from './commands.ts';

/** Said by FTP alone: passive ports, transfers, the current directory. */
const tellingReply =
  /^(227 [^\n]*\d+,\d+,\d+,\d+,\d+,\d+|229 [^\n]*\(\|\|\|\d+\|\)|257 ".*"|220[- ][^\n]*\bFTP\b|331 |150 [^\n]*data connection)/i;
/** RFC 4217, 2228. Those of SASL are SMTP's. */
const mechanism = /^AUTH (TLS|TLS-C|TLS-P|SSL|GSSAPI|KERBEROS_V4)\r?\n$/i;
/** POP3, IRC and others also know USER, PASS and QUIT. */
const shared = new Set(['USER', 'PASS', 'QUIT', 'NOOP', 'STAT', 'LIST', 'HELP', 'MODE', 'HOST', 'RETR', 'DELE']);

export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  const first = bytes[start];
  if (first >= 0x31 && first <= 0x36) {
    const code = replyCode(bytes, start, end);
    if (code === 0) return end - start < 3 ? Verdict.maybe : Verdict.no;
    return tellingReply.test(ascii(bytes, start, Math.min(end, start + 200))) ? Verdict.likely : Verdict.maybe;
  }
  const letter = first & 0xdf;
  if (letter < 0x41 || letter > 0x58) return Verdict.no;
  const line = ascii(bytes, start, Math.min(end, start + 200));
  const word = /^([A-Za-z]{3,4}\d?)( [^\r\n]*)?\r?\n$/.exec(line)?.[1].toUpperCase();
  if (word === undefined || !isCommand(word)) return Verdict.no;
  if (word === 'AUTH') return mechanism.test(line) ? Verdict.maybe : Verdict.no;
  return shared.has(word) || word.length < 4 ? Verdict.maybe : Verdict.likely;
}
