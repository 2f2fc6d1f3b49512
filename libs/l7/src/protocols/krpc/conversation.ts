import { u16be, u32be } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import { describeCall } from '../../endpoint/describe-call.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { isPrefix, KrpcHeader, PREFIX_BYTES } from './header.ts';

const REQUEST = 1;
const header = new KrpcHeader();

/** One kRPC connection: calls of numbered methods of numbered services, multiplexed by sequence. */
export class KrpcConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start } = view;
    if (view.length < PREFIX_BYTES) return Parse.needMore;
    const headerBytes = u16be(bytes, start + 2);
    const totalBytes = u32be(bytes, start + 4);
    if (!isPrefix(bytes, start, headerBytes, totalBytes)) return Parse.lost;
    if (view.length < PREFIX_BYTES + headerBytes) return Parse.needMore;
    const from = start + PREFIX_BYTES;
    if (!header.read(bytes, from, from + headerBytes)) return Parse.lost;
    const { session } = this.#context;
    const length = PREFIX_BYTES + totalBytes;
    if (header.direction === REQUEST) describe(session.request(direction, view, length, header.sequence));
    else {
      const exchange = session.response(direction, view, length, header.sequence);
      if (!exchange.has_request) describe(exchange);
      exchange.response_code = String(header.returnCode);
      exchange.response_status = header.returnCode === 0 ? 'ok' : 'server_error';
      session.finish(exchange);
    }
    return length;
  }
}

function describe(exchange: Exchange): void {
  describeCall(exchange, String(header.service), String(header.message));
  exchange.protocol_request_id = String(header.sequence);
  exchange.trace_id = header.traceId;
  exchange.span_id = header.spanId;
}
