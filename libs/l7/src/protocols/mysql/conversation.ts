import { u24le } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import { MAX_SQL_READ } from '../../endpoint/describe-sql.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { Command, commandNames, isUnanswered } from './commands.ts';
import { CompressedStream } from './compressed-stream.ts';
import { describeCommand } from './describe-command.ts';
import { COMPRESSED_HEADER_BYTES, HEADER_BYTES, isCompressed } from './detect.ts';
import { isLogin, readLogin, serverVersion } from './login.ts';
import { ResponseWalk } from './response.ts';
import { noStatements } from './statements.ts';

/** How much of a server's packet is read: an error with its message. */
const MAX_ANSWER_READ = 560;
const MAX_COMPRESSED_READ = 60_000;
const LOGIN = -1;

/** One connection: commands, each answered before the next (MySQL client/server protocol; MariaDB). */
export class MysqlConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #walk = new ResponseWalk();
  readonly #statements = noStatements();
  /** null until something compressed comes. */
  #inner: readonly [CompressedStream, CompressedStream] | null = null;
  #client: Direction | -1 = -1;
  /** Being answered; null between commands. */
  #answer: Exchange | null = null;
  /** Last request until it is answered, for what of it comes in further packets. */
  #asked: Exchange | null = null;
  /** A login was read, or a command: what has a higher sequence number goes on with that. */
  #begun = false;
  /** Undefined until the first command or login shows it. */
  #compressed: boolean | undefined;
  /** What the login asked for, from its success on. */
  #compressedAfterLogin = false;
  #version = '';
  #database = '';
  #tls = false;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < HEADER_BYTES + 1) return Parse.needMore;
    this.#compressed ??= isCompressed(view.bytes, view.start, view.end, view.end + view.missing) ? true : undefined;
    if (this.#compressed) return this.#parseCompressed(direction, view);
    const length = u24le(view.bytes, view.start);
    if (this.#client === -1) this.#client = this.#guessClient(direction, view);
    const wanted = Math.min(length, direction === this.#client ? MAX_SQL_READ : MAX_ANSWER_READ);
    if (view.length < HEADER_BYTES + wanted && view.missing === 0) return Parse.needMore;
    const at = view.start + HEADER_BYTES;
    const end = Math.min(view.end, at + length);
    const total = HEADER_BYTES + length;
    const sound = this.#packet(direction, view, total, view.bytes, at, length, end);
    if (this.#tls) this.#context.switchTo('tls');
    return sound ? total : Parse.lost;
  }

  gap(direction: Direction): boolean {
    this.#inner?.[direction].reset();
    if (direction !== this.#client) this.#walk.unknown();
    return false;
  }

  close(): void {
    this.#finish();
  }

  #parseCompressed(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (view.length < COMPRESSED_HEADER_BYTES) return Parse.needMore;
    const length = u24le(bytes, start);
    const total = COMPRESSED_HEADER_BYTES + length;
    if (length === 0) return Parse.lost;
    if (view.length < Math.min(total, MAX_COMPRESSED_READ) && view.missing === 0) return Parse.needMore;
    if (this.#client === -1) this.#client = bytes[start + 3] === 0 ? direction : opposite(direction);
    const before = u24le(bytes, start + 4);
    const from = start + COMPRESSED_HEADER_BYTES;
    const there = Math.min(end, start + total);
    let counted = false;
    const wanted = direction === this.#client ? MAX_SQL_READ : MAX_ANSWER_READ;
    this.#inner ??= [new CompressedStream(), new CompressedStream()];
    this.#inner[direction].push(bytes, from, there, before, there === start + total, wanted, (data, at, size, stop) => {
      this.#packet(direction, view, counted ? 0 : total, data, at, size, stop);
      counted = true;
    });
    if (!counted) this.#unread(direction, view, total);
    return total;
  }

  /** A compressed packet without the start of a plain one still counts for what it is part of. */
  #unread(direction: Direction, view: View, total: number): void {
    const { session } = this.#context;
    if (direction === this.#client) {
      if (this.#asked !== null) session.more(direction, this.#asked, view, total);
    } else if (this.#answer !== null) session.more(direction, this.#answer, view, total);
    else if (session.queued(opposite(direction)) > 0) {
      this.#answer = session.response(direction, view, total);
      this.#walk.unknown();
    }
  }

  /** Only a command and the greeting have sequence number 0 at their start; a login, which answers a greeting, has 1. */
  #guessClient(direction: Direction, view: View): Direction {
    const { bytes, start, end } = view;
    if (bytes[start + 3] === 1 && isLogin(bytes, start + 4, end)) return direction;
    const greets = bytes[start + 4] === 10 && serverVersion(bytes, start + 4, end) !== '';
    return bytes[start + 3] === 0 && !greets ? direction : opposite(direction);
  }

  /** A plain packet; false if it cannot be one. `total` bytes of the view are counted for it. */
  #packet(
    direction: Direction,
    view: View,
    total: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    end: number,
  ): boolean {
    if (direction !== this.#client) {
      this.#answered(direction, view, total, bytes, at, length, end);
      return true;
    }
    if (bytes[at - 1] !== 0) this.#furtherPacket(direction, view, total, bytes, at, end);
    else if (length === 0 || at >= end || bytes[at] >= commandNames.length || bytes[at] === 0) return length === 0;
    else this.#command(direction, view, total, bytes, at, end);
    return true;
  }

  #command(direction: Direction, view: View, total: number, bytes: Uint8Array, at: number, end: number): void {
    this.#finish();
    const { session, options } = this.#context;
    const command = bytes[at];
    const silent = isUnanswered(command);
    const exchange = session.ask(!silent, direction, view, total);
    exchange.version = this.#version;
    exchange.request_domain = this.#database;
    describeCommand(exchange, bytes, at, end, this.#statements, options);
    this.#asked = silent ? null : exchange;
    this.#begun = true;
    if (silent) session.finish(exchange);
    else this.#walk.begin(command);
  }

  /** Sequence number above 0: the login, what follows it, the rest of a long statement, or a file. */
  #furtherPacket(direction: Direction, view: View, total: number, bytes: Uint8Array, at: number, end: number): void {
    const { session } = this.#context;
    if (this.#asked !== null) {
      session.more(direction, this.#asked, view, total);
      return;
    }
    if (this.#begun) return;
    const login = readLogin(bytes, at, end);
    this.#tls = login.tls;
    if (login.tls) return;
    const exchange = session.request(direction, view, total);
    exchange.request_type = exchange.endpoint = 'LOGIN';
    exchange.version = this.#version;
    exchange.request_domain = this.#database = login.database;
    this.#asked = exchange;
    this.#begun = true;
    this.#walk.deprecateEof = login.deprecateEof;
    this.#walk.begin(LOGIN);
    this.#compressedAfterLogin = login.compressed;
  }

  #answered(
    direction: Direction,
    view: View,
    total: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    end: number,
  ): void {
    const { session } = this.#context;
    if (this.#answer === null && session.queued(opposite(direction)) === 0) {
      this.#unasked(bytes, at, end);
      return;
    }
    if (this.#answer === null) this.#answer = session.response(direction, view, total);
    else session.more(direction, this.#answer, view, total);
    if (!this.#walk.packet(this.#answer, bytes, at, length, end, this.#statements)) return;
    if (this.#answer.response_status === 'ok') this.#succeeded(this.#answer);
    this.#finish();
  }

  /** What holds from now on. */
  #succeeded({ request_type, request_resource }: Exchange): void {
    if (request_type === 'LOGIN') this.#compressed = this.#compressedAfterLogin;
    else if (request_type === commandNames[Command.initDb]) this.#database = request_resource;
  }

  /** The greeting; anything else belongs to a command that was not seen. */
  #unasked(bytes: Uint8Array, at: number, end: number): void {
    if (bytes[at - 1] === 0) this.#version = serverVersion(bytes, at, end) || this.#version;
  }

  #finish(): void {
    const answer = this.#answer;
    this.#answer = null;
    if (answer === null) return;
    if (answer === this.#asked) this.#asked = null;
    this.#context.session.finish(answer);
  }
}
