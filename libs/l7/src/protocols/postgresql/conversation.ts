import { u32be } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import { MAX_SQL_READ } from '../../endpoint/describe-sql.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { HEADER_BYTES, isBackendType, isFrontendType, Startup, sideOf, startupCode } from './message.ts';
import { describeError, rowsOfTag } from './outcome.ts';
import { Pipeline } from './pipeline.ts';
import { RequestTexts, startupParameter } from './requests.ts';

const MAX_ERROR_READ = 2048;
const LOGIN = 'LOGIN';
const CLOSE_COMPLETE = 0x33;

/** One connection: start-up, simple and extended queries, COPY (PostgreSQL frontend/backend protocol 3). */
export class PostgresqlConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #pipeline: Pipeline;
  readonly #texts: RequestTexts;
  #client: Direction | -1 = -1;
  /** Parse and Bind have come, Execute has not. */
  #building: Exchange | null = null;
  /** Last request, whose further messages (COPY data, Sync, password) count for it. */
  #asked: Exchange | null = null;
  /** SSLRequest or GSSENCRequest is answered by one byte. */
  #encryptionAsked = false;
  #database = '';

  constructor(context: ConversationContext) {
    this.#context = context;
    this.#pipeline = new Pipeline(context.session);
    this.#texts = new RequestTexts(context.options);
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (this.#encryptionAsked && direction !== this.#client) return this.#encryption(bytes[start]);
    if (view.length < HEADER_BYTES) return Parse.needMore;
    if (this.#client === -1) this.#client = this.#guessClient(direction, view);
    const isClient = direction === this.#client;
    if (bytes[start] === 0) return isClient ? this.#startup(direction, view) : Parse.lost;
    const body = u32be(bytes, start + 1);
    if (body < 4 || body > 0x3fff_ffff) return Parse.lost;
    if (!(isClient ? isFrontendType(bytes[start]) : isBackendType(bytes[start]))) return Parse.lost;
    const total = 1 + body;
    if (view.length < Math.min(total, wantedBytes(bytes[start], isClient)) && view.missing === 0) return Parse.needMore;
    const stop = Math.min(end, start + total);
    if (isClient) this.#ask(direction, view, total, stop);
    else this.#answer(direction, view, total, stop);
    return total;
  }

  gap(direction: Direction): boolean {
    this.#building = null;
    if (this.#client !== -1 && direction !== this.#client) this.#pipeline.responsesLost(this.#client);
    return false;
  }

  close(): void {
    this.#pipeline.close();
  }

  #guessClient(direction: Direction, view: View): Direction {
    const side = sideOf(view.bytes, view.start, view.end);
    if (side !== 0) return side > 0 ? direction : opposite(direction);
    const { ports } = this.#context;
    return ports[0] >= ports[1] ? 0 : 1;
  }

  /** S or G: encrypted from here on; N: go on in clear text; else it is an error of an old server. */
  #encryption(answer: number): number {
    this.#encryptionAsked = false;
    if (answer === 0x53) this.#context.switchTo('tls');
    if (answer === 0x47) return Parse.done;
    return answer === 0x53 || answer === 0x4e ? 1 : Parse.lost;
  }

  #startup(direction: Direction, view: View): number {
    if (view.length < 8) return view.missing > 0 ? Parse.lost : Parse.needMore;
    const { bytes, start, end } = view;
    const code = startupCode(bytes, start, end);
    const length = u32be(bytes, start);
    if (code === 0) return Parse.lost;
    if (view.length < length && view.missing === 0) return Parse.needMore;
    if (code === Startup.ssl || code === Startup.gss) this.#encryptionAsked = true;
    else if (code === Startup.cancel) {
      const exchange = this.#context.session.oneWay(direction, view, length);
      exchange.request_type = exchange.endpoint = 'CANCEL';
      this.#context.session.finish(exchange);
    } else {
      const stop = Math.min(end, start + length);
      const user = startupParameter(bytes, start + 8, stop, 'user');
      this.#database = startupParameter(bytes, start + 8, stop, 'database') || user;
      const exchange = this.#begin(direction, view, length, true);
      exchange.request_type = exchange.endpoint = LOGIN;
      this.#pipeline.sync();
    }
    return length;
  }

  #begin(direction: Direction, view: View, length: number, simple: boolean): Exchange {
    const exchange = this.#pipeline.ask(direction, view, length, simple);
    exchange.version = '3';
    exchange.request_domain = this.#database;
    this.#asked = exchange;
    return exchange;
  }

  #ask(direction: Direction, view: View, total: number, stop: number): void {
    const { bytes, start } = view;
    const at = start + HEADER_BYTES;
    switch (bytes[start]) {
      case 0x51: // Query
        this.#dropUnfinished();
        this.#texts.query(this.#begin(direction, view, total, true), bytes, at, stop);
        this.#pipeline.sync();
        return;
      case 0x46: {
        // FunctionCall
        const exchange = this.#begin(direction, view, total, true);
        exchange.request_type = exchange.endpoint = 'FUNCTION_CALL';
        this.#pipeline.sync();
        return;
      }
      case 0x50: // Parse: of two, the first was for itself
        this.#building = null;
        this.#texts.parse(this.#build(direction, view, total), bytes, at, stop);
        return;
      case 0x42: // Bind
        this.#texts.bind(this.#build(direction, view, total), bytes, at, stop);
        return;
      case 0x45: // Execute
        this.#texts.execute(this.#build(direction, view, total), bytes, at, stop);
        this.#building = null;
        return;
      case 0x53: // Sync
        this.#more(direction, view, total);
        this.#dropUnfinished();
        this.#pipeline.sync();
        return;
      case 0x58: // Terminate
        return;
      default:
        this.#more(direction, view, total);
    }
  }

  #build(direction: Direction, view: View, total: number): Exchange {
    if (this.#building !== null) this.#context.session.more(direction, this.#building, view, total);
    else this.#building = this.#begin(direction, view, total, false);
    return this.#building;
  }

  /** A Bind that is never executed is no request; a Parse is. */
  #dropUnfinished(): void {
    if (this.#building !== null && this.#building.request_resource === '') {
      this.#pipeline.forget(this.#building);
      this.#asked = null;
    }
    this.#building = null;
  }

  #more(direction: Direction, view: View, total: number): void {
    if (this.#asked !== null) this.#context.session.more(direction, this.#asked, view, total);
  }

  #answer(direction: Direction, view: View, total: number, stop: number): void {
    const { bytes, start } = view;
    const at = start + HEADER_BYTES;
    const type = bytes[start];
    if (type === 0x41) return; // NotificationResponse
    if (type === 0x5a) {
      this.#pipeline.ready(direction, view);
      if (this.#pipeline.isIdle) this.#asked = null;
      return;
    }
    if (type === CLOSE_COMPLETE && !this.#pipeline.isAnswering) return; // a Close is no request, and may be sent before one
    const waiting = this.#pipeline.answer(direction, view, total);
    if (waiting === undefined) return;
    const { exchange } = waiting;
    if (type === 0x45) {
      describeError(exchange, bytes, at, stop);
      if (exchange.request_type === LOGIN) this.#pipeline.finish();
      else waiting.complete = waiting.simple;
      return;
    }
    if (exchange.response_status === 'unknown') exchange.response_status = 'ok';
    if (type === 0x43) exchange.rows_affected += rowsOfTag(bytes, at, stop);
    if (type === 0x43 || type === 0x49 || type === 0x73) waiting.complete = true;
  }
}

/** How much of a message is read. */
function wantedBytes(type: number, isClient: boolean): number {
  if (isClient) return type === 0x51 || type === 0x50 ? MAX_SQL_READ : type === 0x42 ? 600 : 300;
  return type === 0x45 ? MAX_ERROR_READ : type === 0x43 ? 80 : HEADER_BYTES;
}
