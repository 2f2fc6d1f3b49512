import { i32le, u16le, u32le } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { describeSql, MAX_SQL_READ } from '../../endpoint/describe-sql.ts';
import type { L7Options } from '../../options.ts';
import { standardDialect } from '../../privacy/mask-sql.ts';
import type { Exchange } from '../../session/exchange.ts';
import { Type } from './packet.ts';

const HEADERS_BYTES = 22;
const LANGUAGE_TOKEN = 0x21;
/** Stored procedures by number (MS-TDS 2.2.6.6). */
const procedures =
  ' sp_cursor sp_cursoropen sp_cursorprepare sp_cursorexecute sp_cursorprepexec sp_cursorunprepare sp_cursorfetch sp_cursoroption sp_cursorclose sp_executesql sp_prepare sp_execute sp_prepexec sp_prepexecrpc sp_unprepare'.split(
    ' ',
  );

const utf16 = (bytes: Uint8Array, at: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.max(0, Math.min(end - at, MAX_SQL_READ) & ~1)).toString(
    'utf16le',
  );

/** Writes the body of a client's message into the record: the text of a batch, the name of a procedure. Parameters stay out. */
export function describeRequest(
  exchange: Exchange,
  type: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  options: L7Options,
): void {
  const name = exchange.request_type;
  if (type === Type.batch)
    describeSql(exchange, utf16(bytes, behindHeaders(bytes, at, end), end), standardDialect, options, name);
  else if (type === Type.language && end - at > 6 && bytes[at] === LANGUAGE_TOKEN)
    // TDS 5: token, length (32), status (8), text
    describeSql(
      exchange,
      text(bytes, at + 6, Math.min(end, at + 5 + u32le(bytes, at + 1)), MAX_SQL_READ),
      standardDialect,
      options,
      name,
    );
  else if (type === Type.rpc) {
    const next = behindHeaders(bytes, at, end);
    if (end - next < 4) return;
    const length = u16le(bytes, next);
    const procedure =
      length === 0xffff
        ? (procedures[u16le(bytes, next + 2)] ?? '')
        : utf16(bytes, next + 2, Math.min(end, next + 2 + 2 * length));
    exchange.request_type = 'EXEC';
    exchange.request_resource = exchange.endpoint = `EXEC ${procedure}`.trimEnd();
  }
}

/** ALL_HEADERS, from TDS 7.2 on: total length (32), transaction and activity (2.2.5.3). */
const behindHeaders = (bytes: Uint8Array, at: number, end: number): number =>
  end - at >= HEADERS_BYTES && u32le(bytes, at) >= HEADERS_BYTES && u32le(bytes, at) < 256 && bytes[at + 2] === 0
    ? at + u32le(bytes, at)
    : at;

/** Of severity 11 to 16, "can be corrected by the user", but caused by others: deadlock, lock time-out, conflict of snapshots. */
const serverErrors = new Set([1205, 1222, 3960]);

/** ERROR as first token (2.2.7.10): 0xaa, length (16), number (32), state (8), class (8), message. Messages may hold values and stay out. */
export function describeResponse(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
  if (end - at < 9 || bytes[at] !== 0xaa) {
    if (exchange.response_status === 'unknown') exchange.response_status = 'ok';
    return;
  }
  const number = i32le(bytes, at + 3);
  exchange.response_code = String(number);
  const severity = bytes[at + 8];
  exchange.response_status = severity >= 17 || serverErrors.has(number) ? 'server_error' : 'client_error';
  exchange.response_exception = `severity ${severity}`;
}
