import { indexOf, text } from '../../bytes/text.ts';
import { describeSql, MAX_SQL_READ } from '../../endpoint/describe-sql.ts';
import type { L7Options } from '../../options.ts';
import { standardDialect } from '../../privacy/mask-sql.ts';
import type { Exchange } from '../../session/exchange.ts';
import { noStatements, type Statement } from './statements.ts';

const MAX_NAME = 256;

/** Writes what a client's messages say into the record, and remembers statements and portals. */
export class RequestTexts {
  readonly #options: L7Options;
  readonly #statements = noStatements();
  readonly #portals = noStatements();

  constructor(options: L7Options) {
    this.#options = options;
  }

  /** Query: text */
  query(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
    describeSql(exchange, untilZero(bytes, at, end), standardDialect, this.#options, 'QUERY');
  }

  /** Parse: name of the statement, text, types */
  parse(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
    const zero = indexOf(bytes, 0, at, Math.min(end, at + MAX_NAME));
    if (zero < 0) return;
    describeSql(exchange, untilZero(bytes, zero + 1, end), standardDialect, this.#options, 'PARSE');
    this.#statements.set(text(bytes, at, zero), statementOf(exchange));
  }

  /** Bind: name of the portal, name of the statement, values */
  bind(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
    const zero = indexOf(bytes, 0, at, Math.min(end, at + MAX_NAME));
    const next = zero < 0 ? -1 : indexOf(bytes, 0, zero + 1, Math.min(end, zero + 1 + MAX_NAME));
    if (next < 0) return;
    const statement = this.#statements.get(text(bytes, zero + 1, next));
    const portal = text(bytes, at, zero);
    if (statement === undefined) this.#portals.delete(portal);
    else this.#portals.set(portal, statement);
    describeStatement(exchange, statement);
  }

  /** Execute: name of the portal, most rows (32) */
  execute(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
    const zero = indexOf(bytes, 0, at, Math.min(end, at + MAX_NAME));
    if (zero >= 0 && exchange.request_resource === '')
      describeStatement(exchange, this.#portals.get(text(bytes, at, zero)));
    exchange.request_type ||= exchange.endpoint = 'EXECUTE';
  }
}

const statementOf = (exchange: Exchange): Statement => ({
  sql: exchange.request_resource,
  verb: exchange.request_type,
  endpoint: exchange.endpoint,
  table: String(exchange.attributes?.['db.collection.name'] ?? ''),
});

function describeStatement(exchange: Exchange, statement: Statement | undefined): void {
  if (statement === undefined) return;
  exchange.request_resource = statement.sql;
  exchange.request_type = statement.verb;
  exchange.endpoint = statement.endpoint;
  exchange.attribute('db.collection.name', statement.table);
}

function untilZero(bytes: Uint8Array, at: number, end: number): string {
  const zero = indexOf(bytes, 0, at, Math.min(end, at + MAX_SQL_READ));
  return text(bytes, at, zero < 0 ? end : zero, MAX_SQL_READ);
}

/** Value of a parameter of the start-up packet: name\0 value\0 ... \0 */
export function startupParameter(bytes: Uint8Array, at: number, end: number, wanted: string): string {
  for (let i = 0; i < 32 && at < end && bytes[at] !== 0; i++) {
    const zero = indexOf(bytes, 0, at, end);
    const next = zero < 0 ? -1 : indexOf(bytes, 0, zero + 1, end);
    if (next < 0) return '';
    if (text(bytes, at, zero) === wanted) return text(bytes, zero + 1, next, 64);
    at = next + 1;
  }
  return '';
}
