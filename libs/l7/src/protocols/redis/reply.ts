import { text } from '../../bytes/text.ts';
import type { Exchange, Status } from '../../session/exchange.ts';
import { endOfLine, readInteger } from './line.ts';

/** Errors by which the server says that it cannot, rather than that the client may not. */
const serverErrors = new Set([
  'LOADING',
  'BUSY',
  'OOM',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MISCONF',
  'NOREPLICAS',
  'NOGOODSLAVE',
  'NOMASTERLINK',
  'IOERR',
  'UNKILLABLE',
]);

/** Writes what the first line of a reply says into the record. */
export function describeReply(exchange: Exchange, bytes: Uint8Array, start: number, end: number): void {
  const type = bytes[start];
  exchange.response_status = 'ok';
  if (type === 0x2d || type === 0x21)
    describeError(exchange, bytes, type === 0x2d ? start + 1 : behindLine(bytes, start, end), end);
  else if (type === 0x2a || type === 0x7e) {
    const line = endOfLine(bytes, start + 1, end);
    if (line > 0) exchange.rows_affected = Math.max(0, readInteger(bytes, start + 1, line) || 0);
  }
}

/** `WRONGTYPE Operation against ...`: the word is the code. What stands in quotes may be a value. */
function describeError(exchange: Exchange, bytes: Uint8Array, start: number, end: number): void {
  const line = endOfLine(bytes, start, end);
  const message = text(bytes, start, line >= 0 ? line : end, 256);
  const code = /^[A-Z][A-Z0-9_]*/.exec(message)?.[0] ?? 'ERR';
  exchange.response_code = code;
  exchange.response_status = statusOf(code, message);
  exchange.response_exception = message.replace(/(['"`]).*\1?/s, '?');
}

/** Of the errors without a word of their own the server's: said to whom it cannot serve, or when its script failed. */
const serverTexts = /^ERR (max number of clients|internal error|no such master|Error running)/i;

const statusOf = (code: string, message: string): Status =>
  serverErrors.has(code) || serverTexts.test(message) ? 'server_error' : 'client_error';

function behindLine(bytes: Uint8Array, start: number, end: number): number {
  const line = endOfLine(bytes, start + 1, end);
  return line < 0 ? end : line + 2;
}
