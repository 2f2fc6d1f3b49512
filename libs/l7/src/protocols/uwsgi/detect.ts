import { u16le } from '../../bytes/numbers.ts';
import { ascii } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { HEADER_BYTES, varsBytes } from './packet.ts';

/** Languages have numbers below; 0 is Python, 5 Perl, 7 Ruby, 14 PHP. */
const MAX_MODIFIER = 32;
const MAX_NAME = 64;
/** Which of the variables comes first depends on who asks. */
const usual =
  /^(?:REQUEST_METHOD|REQUEST_URI|QUERY_STRING|CONTENT_TYPE|CONTENT_LENGTH|PATH_INFO|SCRIPT_NAME|DOCUMENT_ROOT|REQUEST_SCHEME|SERVER_PROTOCOL|SERVER_NAME|SERVER_PORT|REMOTE_ADDR|REMOTE_PORT|GATEWAY_INTERFACE|HTTPS|(?:HTTP|UWSGI|SSL)_[A-Z0-9_]+)$/;

/** A request whose first variable is one of CGI. Responses are HTTP's and do not tell. */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  if (bytes[start] >= MAX_MODIFIER) return Verdict.no;
  const nameAt = start + HEADER_BYTES + 2;
  if (end < nameAt) return end - start < HEADER_BYTES || bytes[start + 3] === 0 ? Verdict.maybe : Verdict.no;
  if (bytes[start + 3] !== 0) return Verdict.no;
  const size = u16le(bytes, start + HEADER_BYTES);
  if (size < 5 || size > MAX_NAME || size + 4 > varsBytes(bytes, start)) return Verdict.no;
  if (end < nameAt + size) return Verdict.maybe;
  return usual.test(ascii(bytes, nameAt, nameAt + size)) ? Verdict.sure : Verdict.no;
}
