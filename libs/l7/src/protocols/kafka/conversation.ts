import { i32be, u16be, u32be } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { Cursor } from './cursor.ts';
import { isPrintableClientId, isRequestHead, MAX_MESSAGE } from './detect.ts';
import { describeRequest } from './request.ts';
import { describeResponse } from './response.ts';

/** How much of a message is read: topics and the first record's headers stand near the start. */
const MAX_READ = 8192;
/** Two sides that speak Kafka to each other exchange no shorter message. */
const SHORTEST_REQUEST = 10;
/** Clients on Linux take their ports from here on. */
const FIRST_EPHEMERAL = 32_768;
const cursor = new Cursor();

interface Asked {
  readonly key: number;
  readonly version: number;
}

/**
 * Requests and responses, paired by correlation id (Kafka protocol guide):
 *
 *     request   length (32), api_key (16), api_version (16), correlation_id (32), client_id, tagged fields, body
 *     response  length (32), correlation_id (32), tagged fields, body
 */
export class KafkaConversation implements Conversation {
  readonly #context: ConversationContext;
  #client: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < 8) return Parse.needMore;
    const length = 4 + i32be(view.bytes, view.start);
    if (length < 8 || length > MAX_MESSAGE) return Parse.lost;
    if (view.length < Math.min(length, MAX_READ) && view.missing === 0) return Parse.needMore;
    if (this.#client === -1) this.#client = this.#guessClient(direction, view, length);
    if (direction === this.#client) return this.#request(direction, view, length);
    this.#response(direction, view, length);
    return length;
  }

  #guessClient(direction: Direction, view: View, length: number): Direction {
    const [mine, other] = direction === 0 ? this.#context.ports : [this.#context.ports[1], this.#context.ports[0]];
    const looksAsked = length >= SHORTEST_REQUEST + 4 && view.length >= 14 && isRequestHead(view.bytes, view.start);
    // A response may look like a request: topics stand where a client id would.
    const isFromServer = mine > 0 && mine < FIRST_EPHEMERAL && other >= FIRST_EPHEMERAL;
    if (!looksAsked || isFromServer) return opposite(direction);
    const clientId = u16be(view.bytes, view.start + 12);
    if (clientId !== 0xffff && !isPrintableClientId(view.bytes, view.start, view.end)) return opposite(direction);
    // A null client id tells nothing: in a response a null error message may stand there.
    const isTelling = clientId > 0 && clientId !== 0xffff;
    return isTelling || mine > other ? direction : opposite(direction);
  }

  #request(direction: Direction, view: View, length: number): number {
    const { bytes, start, end } = view;
    if (length < SHORTEST_REQUEST + 4 || view.length < 12) return Parse.lost;
    if (!isRequestHead(bytes, start)) return Parse.lost;
    const key = u16be(bytes, start + 4);
    const version = u16be(bytes, start + 6);
    const id = u32be(bytes, start + 8);
    const { session, options } = this.#context;
    const exchange = session.request(direction, view, length, id);
    exchange.protocol_request_id = String(id | 0);
    exchange.note = { key, version } satisfies Asked;
    cursor.set(bytes, start + 12, Math.min(end, start + length));
    if (describeRequest(exchange, key, version, cursor, options)) {
      exchange.is_one_way = true;
      exchange.response_status = 'ok';
      session.finish(exchange);
    }
    return length;
  }

  #response(direction: Direction, view: View, length: number): void {
    const { bytes, start, end } = view;
    const id = u32be(bytes, start + 4);
    const exchange = this.#context.session.response(direction, view, length, id);
    exchange.protocol_request_id = String(id | 0);
    const asked = exchange.note as Asked | undefined;
    cursor.set(bytes, start + 8, Math.min(end, start + length));
    if (asked) describeResponse(exchange, asked.key, asked.version, cursor, this.#context.options);
    this.#context.session.finish(exchange);
  }
}
