import { isContinued, replyCode } from '../../bytes/reply-line.ts';
import { ascii } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';

const hello = /^(EHLO|HELO|LHLO) [^\s]+ *\r?\n/i;
const envelope = /^(MAIL FROM|RCPT TO): ?<[^\r\n]*\r?\n/i;
const plain = /^(DATA|RSET|QUIT|NOOP|STARTTLS)\r\n$/i;
/** With mechanisms of SASL, also in POP3; those of FTP (RFC 4217, 2228) are others. */
const login =
  /^AUTH (PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|SCRAM-[A-Z0-9-]+|XOAUTH2|OAUTHBEARER|NTLM|GSSAPI|EXTERNAL)\b[^\r\n]*\r\n/i;
const capabilities = /(^|\n)250[- ](PIPELINING|8BITMIME|SIZE|STARTTLS|ENHANCEDSTATUSCODES)/;

/** A greeting or hello. `220` alone is FTP's too. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  const first = bytes[start];
  if (first >= 0x32 && first <= 0x35) return detectReply(bytes, start, end);
  const letter = first & 0xdf;
  if (letter < 0x41 || letter > 0x53) return Verdict.no;
  const line = ascii(bytes, start, Math.min(end, start + 320));
  if (hello.test(line) || envelope.test(line)) return Verdict.likely;
  if (plain.test(line) || login.test(line)) return Verdict.maybe;
  return /^(E(H(L(O)?)?)?|H(E(L(O)?)?)?|L(H(L(O)?)?)?)$/i.test(line) ? Verdict.maybe : Verdict.no;
}

function detectReply(bytes: Uint8Array, start: number, end: number): Verdict {
  const code = replyCode(bytes, start, end);
  if (code === 0) return end - start < 3 ? Verdict.maybe : Verdict.no;
  const shown = ascii(bytes, start, Math.min(end, start + 320));
  if (code === 220 && /^[^\n]*\bE?SMTP\b/.test(shown)) return Verdict.likely;
  if (code === 250 && isContinued(bytes, start) && capabilities.test(shown)) return Verdict.likely;
  return code === 220 ||
    code === 221 ||
    code === 235 ||
    code === 250 ||
    code === 334 ||
    code === 354 ||
    code === 421 ||
    code >= 450
    ? Verdict.maybe
    : Verdict.no;
}
