import { u64Text } from '../../bytes/u64-text.ts';
import { type Direction, opposite } from '../../direction.ts';
import { describeCall } from '../../endpoint/describe-call.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import { readCall } from './call.ts';
import { DubboHeader, HEADER_BYTES } from './header.ts';
import { readOutcome } from './outcome.ts';

/** Attachments come last: bodies up to this length are read whole, of longer ones only the names. */
const MAX_READ = 32 * 1024;
const NAMES_BYTES = 1024;
const RESPONSE_BYTES = 512;
const header = new DubboHeader();

/** One Dubbo connection: calls, multiplexed by id. Both ends may call. */
export class DubboConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < HEADER_BYTES) return Parse.needMore;
    if (!header.read(view.bytes, view.start)) return Parse.lost;
    const { bodyBytes } = header;
    const wanted = header.isRequest
      ? bodyBytes <= MAX_READ
        ? bodyBytes
        : NAMES_BYTES
      : Math.min(bodyBytes, RESPONSE_BYTES);
    if (view.length < HEADER_BYTES + wanted && view.missing === 0) return Parse.needMore;
    if (header.isRequest) this.#request(direction, view);
    else this.#response(direction, view);
    return HEADER_BYTES + bodyBytes;
  }

  #request(direction: Direction, view: View): void {
    const { session, options } = this.#context;
    const length = HEADER_BYTES + header.bodyBytes;
    const id = u64Text(view.bytes, view.start + 4);
    const exchange = session.ask(header.isTwoWay, direction, view, length, id);
    exchange.protocol_request_id = id;
    if (header.isEvent) describeCall(exchange, '', 'HEARTBEAT');
    else {
      const from = view.start + HEADER_BYTES;
      const end = Math.min(view.end, from + header.bodyBytes);
      const call = readCall(header.serialization, view.bytes, from, end, (name, value) =>
        readTraceHeader(exchange, name.toLowerCase(), value, options),
      );
      if (call !== null) describe(exchange, call);
    }
    if (!header.isTwoWay) session.finish(exchange);
  }

  #response(direction: Direction, view: View): void {
    const { session } = this.#context;
    const id = u64Text(view.bytes, view.start + 4);
    const known = session.open(opposite(direction), id);
    const exchange = session.response(direction, view, HEADER_BYTES + header.bodyBytes, id);
    if (known === undefined) exchange.protocol_request_id = id;
    const from = view.start + HEADER_BYTES;
    readOutcome(exchange, header, view.bytes, from, Math.min(view.end, from + header.bodyBytes));
    session.finish(exchange);
  }
}

function describe(exchange: Exchange, call: NonNullable<ReturnType<typeof readCall>>): void {
  exchange.version = call.version;
  describeCall(exchange, call.service, call.method);
}
