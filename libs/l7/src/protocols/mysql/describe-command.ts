import { u32le } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { describeSql, MAX_SQL_READ } from '../../endpoint/describe-sql.ts';
import type { L7Options } from '../../options.ts';
import { mysqlDialect } from '../../privacy/mask-sql.ts';
import type { Exchange } from '../../session/exchange.ts';
import { Command, commandNames } from './commands.ts';
import type { Statement, Statements } from './statements.ts';

/** Writes the command whose byte stands at `at` into the record. */
export function describeCommand(
  exchange: Exchange,
  bytes: Uint8Array,
  at: number,
  end: number,
  statements: Statements,
  options: L7Options,
): void {
  const command = bytes[at];
  exchange.request_type = exchange.endpoint = commandNames[command];
  if (command === Command.query || command === Command.prepare) {
    const sql = text(bytes, queryStart(bytes, at + 1, end), end, MAX_SQL_READ);
    describeSql(exchange, sql, mysqlDialect, options, 'QUERY');
    if (command === Command.prepare) {
      exchange.note = statementOf(exchange);
      exchange.request_type = 'STMT_PREPARE';
      exchange.endpoint = `PREPARE ${exchange.endpoint}`;
    }
  } else if (command === Command.initDb) exchange.request_resource = text(bytes, at + 1, end, 64);
  else if (isAboutStatement(command) && end - at >= 5) describeStatement(exchange, bytes, at, statements);
}

const isAboutStatement = (command: number): boolean =>
  command >= Command.execute && command <= 0x1c && command !== 0x1b;

/** statement id (32), ... */
function describeStatement(exchange: Exchange, bytes: Uint8Array, at: number, statements: Statements): void {
  const id = u32le(bytes, at + 1);
  exchange.protocol_request_id = String(id);
  const statement = statements.get(id);
  if (bytes[at] === Command.closeStatement) statements.delete(id);
  if (statement === undefined) return;
  exchange.request_resource = statement.sql;
  if (bytes[at] !== Command.execute) return;
  exchange.request_type = statement.verb;
  exchange.endpoint = statement.endpoint;
}

const statementOf = (exchange: Exchange): Statement => ({
  sql: exchange.request_resource,
  verb: exchange.request_type,
  endpoint: exchange.endpoint,
});

/** With CLIENT_QUERY_ATTRIBUTES the number of parameters (0) and of their sets (1) stand before the text. */
const queryStart = (bytes: Uint8Array, at: number, end: number): number =>
  end - at > 2 && bytes[at] === 0 && bytes[at + 1] === 1 ? at + 2 : at;
