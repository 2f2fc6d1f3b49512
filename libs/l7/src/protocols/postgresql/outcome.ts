import { ascii, indexOf, text } from '../../bytes/text.ts';
import { maskQuoted } from '../../privacy/mask-quoted.ts';
import type { Exchange } from '../../session/exchange.ts';
import { statusOfSqlState } from '../../status/sql-state.ts';

/** ErrorResponse: fields, each a letter and a text that ends with 0 (54.8). Of them code and message; what is quoted may be a value. */
export function describeError(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
  for (let i = 0; i < 32 && at < end && bytes[at] !== 0; i++) {
    const field = bytes[at];
    const zero = indexOf(bytes, 0, at + 1, end);
    const stop = zero < 0 ? end : zero;
    if (field === 0x43) exchange.response_code = ascii(bytes, at + 1, Math.min(stop, at + 6));
    else if (field === 0x4d) exchange.response_exception = maskQuoted(text(bytes, at + 1, stop, 512));
    at = stop + 1;
  }
  exchange.response_status = statusOfSqlState(exchange.response_code);
}

/** CommandComplete: `INSERT 0 5`, `SELECT 3`, `BEGIN`. Returns its number of rows. */
export function rowsOfTag(bytes: Uint8Array, at: number, end: number): number {
  const zero = indexOf(bytes, 0, at, Math.min(end, at + 64));
  return zero < 0 ? 0 : Number(/ (\d{1,15})$/.exec(ascii(bytes, at, zero))?.[1] ?? 0);
}
