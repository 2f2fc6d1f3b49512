import { u16le } from '../../bytes/numbers.ts';
import { ascii, text } from '../../bytes/text.ts';
import { maskQuoted } from '../../privacy/mask-quoted.ts';
import type { Exchange } from '../../session/exchange.ts';
import { statusOfError } from './error-status.ts';
import { lenenc, lenencBytes } from './lenenc.ts';

/** ERR: 0xff, code (16), from 4.1 on '#' and SQLSTATE, message. Texts in quotes may be values. */
export function describeError(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
  const code = end - at >= 3 ? u16le(bytes, at + 1) : 0;
  exchange.response_code = String(code);
  const hasState = bytes[at + 3] === 0x23 && end - at >= 9;
  if (hasState) exchange.response_result = ascii(bytes, at + 4, at + 9);
  exchange.response_status = statusOfError(code, exchange.response_result);
  const message = text(bytes, at + (hasState ? 9 : 3), end, 512);
  exchange.response_exception = maskQuoted(message);
}

/** OK: header, affected rows (lenenc), last insert id (lenenc), status (16), warnings (16). Returns the status flags. */
export function describeOk(exchange: Exchange, bytes: Uint8Array, at: number, end: number): number {
  exchange.response_status = 'ok';
  if (end - at < 2) return 0;
  exchange.rows_affected += lenenc(bytes, at + 1, end);
  let next = at + 1 + lenencBytes(bytes[at + 1]);
  if (next >= end) return 0;
  next += lenencBytes(bytes[next]);
  return next + 2 <= end ? u16le(bytes, next) : 0;
}
