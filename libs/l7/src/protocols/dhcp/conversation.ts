import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { DhcpMessage, isMessage } from './message.ts';

/** Sent by a client without an answer to follow (RFC 2131 4.4). */
const unanswered = new Set(['RELEASE', 'DECLINE']);
const message = new DhcpMessage();

/**
 * DHCP between two ends, paired by transaction id. A client without an address asks everyone, and the answer comes from
 * another address, so in another flow: question and answer are then messages of their own.
 */
export class DhcpConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (!isMessage(view.bytes, view.start, view.end)) return Parse.lost;
    message.read(view.bytes, view.start, view.end);
    const length = view.length + view.missing;
    if (message.isReply) this.#reply(direction, view, length);
    else this.#ask(direction, view, length);
    return length;
  }

  #ask(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    if (message.isAddressed && !unanswered.has(message.type)) {
      describe(session.request(direction, view, length, message.transactionId));
      return;
    }
    const exchange = session.oneWay(direction, view, length);
    describe(exchange);
    if (!message.isAddressed) exchange.response_status = 'unknown';
    session.finish(exchange);
  }

  #reply(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const isAsked = session.open(opposite(direction), message.transactionId) !== undefined;
    const exchange = session.response(direction, view, length, message.transactionId);
    if (!isAsked) describe(exchange);
    const isRefused = message.type === 'NAK';
    exchange.response_code = message.type;
    exchange.response_status = isRefused ? 'client_error' : 'ok';
    if (isRefused) exchange.response_exception = message.message;
    exchange.response_result = message.yourAddress;
    session.finish(exchange);
  }
}

function describe(exchange: Exchange): void {
  exchange.request_type = exchange.endpoint = message.type;
  exchange.request_resource = message.hostName;
  exchange.protocol_request_id = `0x${message.transactionId.toString(16).padStart(8, '0')}`;
}
