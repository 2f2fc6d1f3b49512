import { type Direction, opposite } from '../../direction.ts';
import { describeCall } from '../../endpoint/describe-call.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { isClientError } from './errors.ts';
import { bodyBytes, HEADER_BYTES, isHeader, metaBytes } from './header.ts';
import { RpcMeta } from './meta.ts';

const meta = new RpcMeta();

/** One connection of baidu_std: calls, multiplexed by correlation id. Packets of streams are passed over. */
export class BrpcConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start } = view;
    if (view.length < HEADER_BYTES) return Parse.needMore;
    if (!isHeader(bytes, start, view.end)) return Parse.lost;
    const from = start + HEADER_BYTES;
    const metaEnd = from + metaBytes(bytes, start);
    if (metaEnd > view.end && view.missing === 0) return Parse.needMore;
    const length = HEADER_BYTES + bodyBytes(bytes, start);
    const isWhole = meta.read(bytes, from, Math.min(metaEnd, view.end));
    if (!isWhole && metaEnd <= view.end) return Parse.lost;
    if (meta.isRequest) this.#request(direction, view, length);
    else if (meta.isResponse || this.#isAnswer(direction)) this.#response(direction, view, length);
    return length;
  }

  /** A response without an error may leave its part of the meta out. */
  #isAnswer(direction: Direction): boolean {
    return this.#context.session.open(opposite(direction), meta.correlationId) !== undefined;
  }

  #request(direction: Direction, view: View, length: number): void {
    const exchange = this.#context.session.request(direction, view, length, meta.correlationId);
    describeCall(exchange, meta.service, meta.method);
    exchange.protocol_request_id = meta.correlationId;
    exchange.x_request_id = meta.requestId || (meta.logId === '0' ? '' : meta.logId);
    if (meta.traceId !== '' && meta.traceId !== '0') {
      exchange.trace_id = BigInt(meta.traceId).toString(16).padStart(32, '0');
      exchange.span_id = meta.spanId === '' ? '' : BigInt(meta.spanId).toString(16).padStart(16, '0');
    }
  }

  #response(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const exchange = session.response(direction, view, length, meta.correlationId);
    exchange.protocol_request_id = meta.correlationId;
    exchange.response_code = String(meta.errorCode);
    exchange.response_status =
      meta.errorCode === 0 ? 'ok' : isClientError(meta.errorCode) ? 'client_error' : 'server_error';
    exchange.response_exception = meta.errorText.slice(0, 256);
    session.finish(exchange);
  }
}
