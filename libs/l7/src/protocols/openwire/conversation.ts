import { type Direction, opposite } from '../../direction.ts';
import { foldPath } from '../../endpoint/fold-path.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse, Verdict } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { CommandReader } from './command-reader.ts';
import {
  BROKER_INFO,
  CONSUMER_INFO,
  commandName,
  EXCEPTION_RESPONSE,
  hasDestination,
  isMessage,
  isResponse,
  MESSAGE_ACK,
  WIRE_FORMAT_INFO,
} from './commands.ts';
import { detect, frameLength } from './detect.ts';
import { readMessage } from './message.ts';
import { agreed, isWireFormatInfo, readWireFormat, type WireFormat } from './wire-format.ts';

const PREFIX = 6;
const MAX_HEAD = 16 * 1024;
const LATEST = 12;

const reader = new CommandReader();
const noCache = new Map<number, string>();

/**
 * Commands of either side, told apart by command id; only those that ask for it are answered. Options are agreed on at the
 * start; where that was not seen, the encoding shows in the first byte: command ids below 2^24 begin with 0.
 */
export class OpenWireConversation implements Conversation {
  readonly #context: ConversationContext;
  /** What one side has offered, until the other one does. */
  #offer0: WireFormat | null = null;
  #offer1: WireFormat | null = null;
  /** Names by number, of each sender; null until one needs it. */
  #cache0: Map<number, string> | null = null;
  #cache1: Map<number, string> | null = null;
  #format: WireFormat | null = null;
  #broker = '';

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  /** That this is the protocol is known: what may be a message at the start of a segment is taken for one. */
  resync(direction: Direction, view: View): number {
    const { bytes, start, end, missing } = view;
    return detect(bytes, start, end, direction, end + missing) === Verdict.no ? -1 : start;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (view.length < PREFIX) return Parse.needMore;
    const length = frameLength(bytes, start);
    if (length < 0) return Parse.lost;
    if (view.length < Math.min(length, MAX_HEAD) && view.missing === 0) return Parse.needMore;
    const type = bytes[start + 4];
    const last = Math.min(end, start + length);
    if (type === WIRE_FORMAT_INFO) return this.#offer(direction, view, last) ? length : Parse.lost;
    const format = this.#format ?? { version: LATEST, tight: bytes[start + 5] !== 0, cache: false };
    reader.start(bytes, start + 5, last, format, this.#cacheOf(direction, format));
    const id = reader.cursor.u32();
    const wantsResponse = reader.boolean();
    if (!reader.cursor.ok) return Parse.lost;
    if (isResponse(type)) this.#answer(direction, view, length, type);
    else this.#ask(direction, view, length, type, id, wantsResponse);
    return length;
  }

  #offer(direction: Direction, view: View, last: number): boolean {
    if (!isWireFormatInfo(view.bytes, view.start, last)) return false;
    const offer = readWireFormat(view.bytes, view.start, last);
    if (direction === 0) this.#offer0 = offer;
    else this.#offer1 = offer;
    if (this.#offer0 === null || this.#offer1 === null) return true;
    this.#format = agreed(this.#offer0, this.#offer1);
    this.#offer0 = this.#offer1 = null;
    return true;
  }

  #cacheOf(direction: Direction, { cache }: WireFormat): Map<number, string> {
    if (!cache) return noCache;
    return direction === 0 ? (this.#cache0 ??= new Map()) : (this.#cache1 ??= new Map());
  }

  #ask(direction: Direction, view: View, length: number, type: number, id: number, wantsResponse: boolean): void {
    const { session } = this.#context;
    const exchange = session.ask(wantsResponse, direction, view, length, id);
    exchange.request_type = commandName(type) ?? '';
    exchange.version = this.#format === null ? '' : String(this.#format.version);
    exchange.protocol_request_id = String(id);
    this.#describe(exchange, type);
    exchange.request_domain = this.#broker;
    if (!wantsResponse) session.finish(exchange);
  }

  #describe(exchange: Exchange, type: number): void {
    if (type === BROKER_INFO) {
      reader.cached();
      this.#broker = reader.text();
    } else if (hasDestination(type)) {
      reader.cached();
      if (type === CONSUMER_INFO) reader.boolean(); // browser
      this.#destination(exchange);
      if (isMessage(type)) readMessage(exchange, reader, this.#context.options);
    } else if (type === MESSAGE_ACK) this.#destination(exchange);
  }

  #destination(exchange: Exchange): void {
    const name = reader.cached();
    exchange.request_resource = name;
    exchange.endpoint = foldPath(name);
  }

  /** Correlation id, and of ExceptionResponse class and text of the exception. */
  #answer(direction: Direction, view: View, length: number, type: number): void {
    const { session } = this.#context;
    const id = reader.cursor.u32();
    if (!session.open(opposite(direction), id)) return; // brokers also answer what did not ask
    const exchange = session.response(direction, view, length, id);
    exchange.response_status = 'ok';
    if (type === EXCEPTION_RESPONSE) {
      if (reader.boolean()) {
        exchange.response_code = reader.text();
        exchange.response_exception = reader.text();
      }
      exchange.response_status = clientErrors.test(exchange.response_code) ? 'client_error' : 'server_error';
    }
    session.finish(exchange);
  }
}

/** Exceptions of Java and JMS by which the broker blames the client. */
const clientErrors =
  /\b(SecurityException|JMSSecurityException|InvalidDestinationException|InvalidSelectorException|InvalidClientIDException)$/;
