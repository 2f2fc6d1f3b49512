import { u16be } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { echoOf, HEADER_BYTES } from './echo.ts';

/** Echoes between two ends, paired by identifier and sequence number. */
export class IcmpConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < HEADER_BYTES) return Parse.lost;
    const { session, transport } = this.#context;
    const echo = echoOf(view.bytes, view.start, transport);
    if (echo === null) return Parse.lost;
    const length = view.length + view.missing;
    const identifier = u16be(view.bytes, view.start + 4);
    const sequence = u16be(view.bytes, view.start + 6);
    const id = identifier * 0x1_0000 + sequence;
    if (echo === 'request') describe(session.request(direction, view, length, id), identifier, sequence);
    else {
      const exchange = session.response(direction, view, length, id);
      if (!exchange.has_request) describe(exchange, identifier, sequence);
      exchange.response_status = 'ok';
      session.finish(exchange);
    }
    return length;
  }
}

function describe(exchange: Exchange, identifier: number, sequence: number): void {
  exchange.request_type = exchange.endpoint = 'ECHO';
  exchange.request_resource = String(identifier);
  exchange.protocol_request_id = String(sequence);
}
