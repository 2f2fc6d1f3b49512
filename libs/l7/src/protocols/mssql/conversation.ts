import { u16be } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { describeRequest, describeResponse } from './describe.ts';
import { END_OF_MESSAGE, HEADER_BYTES, isHeader, Type, typeNames } from './packet.ts';

/** One connection: messages of one or more packets, each answered before the next (MS-TDS 7, Sybase TDS 5). */
export class MssqlConversation implements Conversation {
  readonly #context: ConversationContext;
  #client: Direction | -1 = -1;
  /** Whose message goes on in the next packet. */
  readonly #goesOn: [Exchange | null, Exchange | null] = [null, null];

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < HEADER_BYTES) return Parse.needMore;
    const { bytes, start, end } = view;
    // TLS records of the login that are not wrapped, and all after an encrypted login
    if (bytes[start] >= 0x14 && bytes[start] <= 0x17 && bytes[start + 1] === 3) return Parse.done;
    if (!isHeader(bytes, start)) return Parse.lost;
    const length = u16be(bytes, start + 2);
    if (view.length < length && view.missing === 0) return Parse.needMore;
    const type = bytes[start];
    if (this.#client === -1) this.#client = type === Type.response ? opposite(direction) : direction;
    const last = (bytes[start + 1] & END_OF_MESSAGE) !== 0;
    const stop = Math.min(end, start + length);
    if (direction === this.#client) this.#ask(direction, view, length, type, stop, last);
    else if (type === Type.response || type === Type.prelogin) this.#answer(direction, view, length, stop, last);
    else return Parse.lost;
    return length;
  }

  gap(direction: Direction): boolean {
    this.#goesOn[direction] = null;
    return false;
  }

  #ask(direction: Direction, view: View, length: number, type: number, stop: number, last: boolean): void {
    const { session, options } = this.#context;
    let exchange = this.#goesOn[direction];
    if (exchange !== null) session.more(direction, exchange, view, length);
    else {
      exchange = session.request(direction, view, length);
      exchange.request_type = exchange.endpoint = typeNames.get(type) ?? '';
      describeRequest(exchange, type, view.bytes, view.start + HEADER_BYTES, stop, options);
    }
    this.#goesOn[direction] = last ? null : exchange;
  }

  #answer(direction: Direction, view: View, length: number, stop: number, last: boolean): void {
    const { session } = this.#context;
    let exchange = this.#goesOn[direction];
    if (exchange !== null) session.more(direction, exchange, view, length);
    else {
      exchange = session.response(direction, view, length);
      describeResponse(exchange, view.bytes, view.start + HEADER_BYTES, stop);
    }
    this.#goesOn[direction] = last ? null : exchange;
    if (last) session.finish(exchange);
  }
}
