import { u16be, u32be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { describeSql, MAX_SQL_READ } from '../../endpoint/describe-sql.ts';
import type { L7Options } from '../../options.ts';
import { maskQuoted } from '../../privacy/mask-quoted.ts';
import { standardDialect } from '../../privacy/mask-sql.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { LazyMap } from '../../session/lazy-map.ts';
import { Op } from './frame.ts';

export interface Statement {
  readonly sql: string;
  readonly verb: string;
  readonly endpoint: string;
}

/** By the id that the server gave them. */
export type Statements = LazyMap<string, Statement>;

/** Writes the body of a request into the record; `prepared` are the statements by id. */
export function describeRequest(
  exchange: Exchange,
  op: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  prepared: Statements,
  options: L7Options,
): void {
  const name = exchange.request_type;
  if ((op === Op.query || op === Op.prepare) && end - at >= 4) {
    const length = u32be(bytes, at);
    describeSql(
      exchange,
      text(bytes, at + 4, Math.min(end, at + 4 + length), MAX_SQL_READ),
      standardDialect,
      options,
      name,
    );
    if (op === Op.prepare) {
      exchange.note = { sql: exchange.request_resource, verb: exchange.request_type, endpoint: exchange.endpoint };
      exchange.request_type = name;
      exchange.endpoint = `PREPARE ${exchange.endpoint}`;
    }
  } else if (op === Op.execute && end - at >= 2) {
    const statement = prepared.get(shortBytes(bytes, at, end));
    if (statement === undefined) return;
    exchange.request_resource = statement.sql;
    exchange.request_type = statement.verb;
    exchange.endpoint = statement.endpoint;
  }
}

/** Errors of 0x0000 to 0x1fff but of authentication are the server's, those of the statement the client's (section 9). */
const isServerError = (code: number): boolean => code < 0x2000 && code !== 0x0a && code !== 0x100;
const ROWS = 2;
const SET_KEYSPACE = 3;
const PREPARED = 4;
const NO_METADATA = 4;
const PAGES = 2;

/** ERROR: code (32), message. Texts in quotes may be values. */
export function describeError(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
  const code = end - at >= 4 ? u32be(bytes, at) : 0;
  exchange.response_code = String(code);
  exchange.response_status = isServerError(code) ? 'server_error' : 'client_error';
  if (end - at > 6) {
    const message = text(bytes, at + 6, Math.min(end, at + 6 + u16be(bytes, at + 4)), 512);
    exchange.response_exception = maskQuoted(message);
  }
}

/** RESULT: kind (32), then by kind. Returns the keyspace that is in use from now on, or ''. */
export function describeResult(
  exchange: Exchange,
  bytes: Uint8Array,
  at: number,
  end: number,
  prepared: Statements,
): string {
  if (end - at < 6) return '';
  const kind = u32be(bytes, at);
  if (kind === SET_KEYSPACE) return text(bytes, at + 6, Math.min(end, at + 6 + u16be(bytes, at + 4)), 64);
  if (kind === PREPARED && exchange.note !== undefined) {
    prepared.set(shortBytes(bytes, at + 4, end), exchange.note as Statement);
  } else if (kind === ROWS) exchange.rows_affected = rowCount(bytes, at + 4, end);
  return '';
}

/** Metadata: flags (32), columns (32), [paging state]; only without column names are the rows countable without reading them. */
function rowCount(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 12 || (u32be(bytes, at) & NO_METADATA) === 0) return 0;
  let next = at + 8;
  if ((u32be(bytes, at) & PAGES) !== 0) next += 4 + Math.max(0, u32be(bytes, next) | 0);
  return next + 4 <= end ? Math.max(0, u32be(bytes, next) | 0) : 0;
}

/** [short bytes], as hexadecimal text. */
function shortBytes(bytes: Uint8Array, at: number, end: number): string {
  const length = Math.min(64, u16be(bytes, at));
  return Buffer.from(bytes.subarray(at + 2, Math.min(end, at + 2 + length))).toString('hex');
}
