import { u16le, u32le } from '../../bytes/numbers.ts';
import type { Exchange } from '../../session/exchange.ts';
import { Command } from './commands.ts';
import { describeError, describeOk } from './describe-result.ts';
import { lenenc } from './lenenc.ts';
import type { Statement, Statements } from './statements.ts';

const MORE_RESULTS = 0x8;
const CURSOR_EXISTS = 0x40;
const MAX_PACKET = 0xff_ffff;
/** The number of no error: MariaDB tells how far a long statement has come ("Progress reporting"). */
const PROGRESS = 0xffff;
const State = { head: 0, columns: 1, afterColumns: 2, rows: 3, definitions: 4 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * Follows the packets of a response to its end ("Text resultset", "COM_STMT_PREPARE response"):
 *
 *     OK | ERR | LOCAL INFILE
 *     number of columns, columns, [EOF], rows, EOF | OK | ERR        and again while "more results" is set
 *     prepared: id and numbers, parameters, [EOF], columns, [EOF]
 *
 * Whether the EOFs in brackets come (CLIENT_DEPRECATE_EOF) shows in the first result.
 */
export class ResponseWalk {
  /** Undefined until it has shown. */
  deprecateEof: boolean | undefined;
  #state: State = State.head;
  /** Columns or definitions still to come. */
  #left = 0;
  #eofs = 0;
  #continued = false;
  #command = 0;

  /** A response to this command is next. */
  begin(command: number): void {
    this.#command = command;
    this.#left = 0;
    this.#eofs = 0;
    this.#continued = false;
    this.#state = command === Command.fetch || command === Command.fieldList ? State.rows : State.head;
  }

  /** The beginning was lost: whatever comes are rows. */
  unknown(): void {
    this.#state = State.rows;
    this.#continued = false;
  }

  /**
   * Reads the packet of `length` bytes at `at`, of which the bytes before `end` are there. True if it is the last of the response.
   */
  packet(exchange: Exchange, bytes: Uint8Array, at: number, length: number, end: number, known: Statements): boolean {
    const goesOn = this.#continued;
    this.#continued = length === MAX_PACKET;
    if (goesOn || length === 0 || at >= end) return false;
    const first = bytes[at];
    if (first === 0xff && this.#state !== State.columns) {
      if (at + 3 <= end && u16le(bytes, at + 1) === PROGRESS) return false;
      describeError(exchange, bytes, at, end);
      return true;
    }
    exchange.response_status = 'ok';
    switch (this.#state) {
      case State.head:
        return this.#head(exchange, bytes, at, length, end, known);
      case State.columns:
        if (--this.#left === 0) this.#state = State.afterColumns;
        return false;
      case State.afterColumns:
        return this.#afterColumns(exchange, bytes, at, length, end);
      case State.rows:
        return this.#row(exchange, bytes, at, length, end);
      default:
        return this.#definition(first, length);
    }
  }

  #head(exchange: Exchange, bytes: Uint8Array, at: number, length: number, end: number, known: Statements): boolean {
    const first = bytes[at];
    if (this.#command === Command.statistics) return true;
    if (first === 0 && this.#command === Command.prepare) return this.#prepared(exchange, bytes, at, end, known);
    if (first === 0) return (describeOk(exchange, bytes, at, end) & MORE_RESULTS) === 0;
    if (first === 0xfb) return false; // LOCAL INFILE: the client sends the file, OK follows
    if (first === 0xfe) return length < 9 && this.#command !== Command.changeUser && this.#command !== -1;
    if (this.#command === -1) return false; // more of the authentication
    const columns = lenenc(bytes, at, end);
    if (columns <= 0 || length > 9) return false;
    this.#left = columns;
    this.#state = State.columns;
    return false;
  }

  #afterColumns(exchange: Exchange, bytes: Uint8Array, at: number, length: number, end: number): boolean {
    this.#state = State.rows;
    const isEof = bytes[at] === 0xfe && length === 5;
    this.deprecateEof = !isEof;
    if (!isEof) return this.#row(exchange, bytes, at, length, end);
    return at + 5 <= end && (u16le(bytes, at + 3) & CURSOR_EXISTS) !== 0;
  }

  #row(exchange: Exchange, bytes: Uint8Array, at: number, length: number, end: number): boolean {
    if (bytes[at] !== 0xfe || length === MAX_PACKET) {
      if (this.#command !== Command.fieldList) exchange.rows_affected++;
      return false;
    }
    const flags = length <= 5 ? (at + 5 <= end ? u16le(bytes, at + 3) : 0) : describeOk(exchange, bytes, at, end);
    if ((flags & MORE_RESULTS) === 0) return true;
    this.#state = State.head;
    return false;
  }

  /** 0x00, statement id (32), columns (16), parameters (16), 0, warnings (16) */
  #prepared(exchange: Exchange, bytes: Uint8Array, at: number, end: number, known: Statements): boolean {
    if (end - at < 9) return true;
    const id = u32le(bytes, at + 1);
    exchange.protocol_request_id = String(id);
    if (exchange.note) known.set(id, exchange.note as Statement);
    const columns = u16le(bytes, at + 5);
    const parameters = u16le(bytes, at + 7);
    this.#left = columns + parameters;
    this.#eofs = Number(columns > 0) + Number(parameters > 0);
    this.#state = State.definitions;
    return this.#left === 0;
  }

  #definition(first: number, length: number): boolean {
    if (first === 0xfe && length === 5) {
      this.deprecateEof = false;
      this.#eofs--;
    } else this.#left--;
    return this.#left <= 0 && (this.#eofs <= 0 || this.deprecateEof === true);
  }
}
