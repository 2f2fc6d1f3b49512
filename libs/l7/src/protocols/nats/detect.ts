import { ascii } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';

const SHOWN = 256;
const message = /^H?(PUB|MSG) [!-~]+( [!-~]+){0,2}( \d{1,9}){1,2}\r\n/i;
const subscription = /^SUB [!-~]+( [!-~]+)? [\w-]+\r\n/i;
/** The text of an error stands in quotes, which it does nowhere else. */
const errorLine = /^-ERR '/;
const prefix = /^(I(N(FO?)?)?|C(O(N(N(E(CT?)?)?)?)?)?|H?P(UB?)?|H?M(SG?)?|H|S(UB?)?)$/i;

/** `INFO {` and `CONNECT {` with a word of theirs are as good as a magic; messages and subscriptions have a form of their own. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  const first = bytes[start] & 0xdf;
  if (first === 0x49 || first === 0x43) return detectJson(bytes, start, end);
  if (bytes[start] === 0x2d)
    return errorLine.test(ascii(bytes, start, Math.min(end, start + 8))) ? Verdict.likely : Verdict.no;
  if (first !== 0x48 && first !== 0x50 && first !== 0x4d && first !== 0x53) return Verdict.no;
  const line = ascii(bytes, start, Math.min(end, start + SHOWN));
  if (message.test(line)) return Verdict.likely;
  if (subscription.test(line)) return Verdict.likely;
  if (/^P[IO]NG\r\n$/i.test(line)) return Verdict.maybe;
  return line.length < 5 && prefix.test(line) ? Verdict.maybe : Verdict.no;
}

/** Words of the two objects that every implementation has (NATS client protocol, INFO and CONNECT); others are log lines. */
const known = /"(server_id|server_name|max_payload|verbose|pedantic|lang|protocol)"/;

function detectJson(bytes: Uint8Array, start: number, end: number): Verdict {
  const line = ascii(bytes, start, Math.min(end, start + SHOWN));
  if (/^(info|connect)\s+\{/i.test(line)) return known.test(line) ? Verdict.sure : Verdict.maybe;
  return prefix.test(line) ? Verdict.maybe : Verdict.no;
}
