import type { L7Options } from '../options.ts';
import { maskSql, type SqlDialect } from '../privacy/mask-sql.ts';
import type { Exchange } from '../session/exchange.ts';
import { readSqlComments } from '../trace-context/sql-comments.ts';
import { sqlSummary } from './sql-summary.ts';

/** How much of a statement is read, bytes: comments with trace context stand at its start or end. */
export const MAX_SQL_READ = 16_384;

/**
 * Writes a statement into the record: masked text, summary as endpoint, verb as type, table, trace context of its comments.
 *
 * @param otherwise type of what has no verb
 */
export function describeSql(
  exchange: Exchange,
  sql: string,
  dialect: SqlDialect,
  options: L7Options,
  otherwise: string,
): void {
  readSqlComments(exchange, sql, options);
  const masked = maskSql(sql, dialect);
  const { verb, target } = sqlSummary(masked);
  exchange.request_type = verb || otherwise;
  exchange.request_resource = (options.privacy.showSqlLiterals ? sql : masked).slice(0, options.maxTextLength);
  exchange.endpoint = target === '' ? exchange.request_type : `${verb} ${target}`;
  exchange.attribute('db.collection.name', target);
}
