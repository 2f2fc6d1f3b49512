import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import type { ConversationContext } from '../../protocol.ts';
import { type Exchange, ExchangeState } from '../../session/exchange.ts';
import { hideOutcome, markAsGrpc } from '../grpc/describe.ts';
import { GRPC_PREFIX, holdsMessages } from '../grpc/messages.ts';
import { describeRequest, describeResponse } from './describe.ts';
import { errorName } from './error-codes.ts';
import { Flag, FRAME_HEADER_BYTES, type FrameHeader } from './frame.ts';
import type { Http2Shared } from './shared.ts';

/** So many cancelled streams are remembered: their responses may be on the way. */
const MAX_CANCELLED = 64;
/** Note of an exchange whose content type was hidden so far. */
const TYPE_HIDDEN = 'content type hidden';

/** Requests and responses on the streams of one connection (RFC 9113 8). */
export class Streams {
  readonly #context: ConversationContext;
  readonly #shared: Http2Shared;
  readonly #open = new Map<number, Exchange>();
  readonly #cancelled: number[] = [];
  /** A message whose type was hidden turned out to be one of gRPC: so are others, as clients of gRPC speak nothing else. */
  #isGrpc = false;

  constructor(context: ConversationContext, shared: Http2Shared) {
    this.#context = context;
    this.#shared = shared;
  }

  isOpen(stream: number): boolean {
    return this.#open.has(stream);
  }

  /** The request that asked for the upgrade is answered on stream 1 (RFC 7540 3.2). */
  upgraded(exchange: Exchange): void {
    if (exchange.state === ExchangeState.open) this.#open.set(1, exchange);
  }

  /** A header block: a request, a response, an interim one, or trailers. The head is in `shared`. */
  headers(direction: Direction, view: View, frame: FrameHeader, length: number, ends: boolean): void {
    const { head } = this.#shared;
    const open = this.#open.get(frame.stream);
    if (head.method !== '' || (head.path !== '' && head.status === '')) {
      if (open === undefined || open.client !== direction || head.method !== '')
        this.#request(direction, view, frame.stream, length);
      return;
    }
    if (open !== undefined && open.client === direction) {
      this.#context.session.more(direction, open, view, length); // trailers of a request
      return;
    }
    this.#response(direction, view, frame.stream, length, ends, open);
  }

  data(direction: Direction, view: View, frame: FrameHeader, length: number): void {
    const exchange = this.#open.get(frame.stream);
    if (exchange === undefined) return;
    const isResponse = exchange.client !== direction;
    if (exchange.note === TYPE_HIDDEN) this.#guessGrpc(exchange, view, frame);
    if (isResponse && !exchange.has_response) return; // its head was lost
    this.#context.session.more(direction, exchange, view, length);
    if (isResponse && frame.has(Flag.endStream)) this.#finish(frame.stream, exchange);
  }

  /** A request that the server announces, with the response that it will send to it (6.6). */
  promise(client: Direction, view: View, stream: number): void {
    if (stream === 0) return;
    const exchange = this.#request(client, view, stream, 0);
    exchange.req_tcp_seq = 0; // the client never sent it
  }

  reset(direction: Direction, view: View, frame: FrameHeader, length: number, code: number): void {
    const exchange = this.#open.get(frame.stream);
    if (exchange === undefined) return;
    this.#open.delete(frame.stream);
    if (code !== 0) exchange.response_exception ||= errorName(code);
    const byClient = exchange.client === direction;
    if (exchange.has_response) {
      if (!byClient) this.#context.session.more(direction, exchange, view, length);
      this.#context.session.finish(exchange);
    } else {
      this.#context.session.giveUp(exchange, byClient ? 'client_error' : 'server_error');
      if (this.#cancelled.push(frame.stream) > MAX_CANCELLED) this.#cancelled.shift();
    }
  }

  /** Responses without a request are known to nobody else. */
  close(): void {
    for (const exchange of this.#open.values()) if (!exchange.has_request) this.#context.session.finish(exchange);
    this.#open.clear();
  }

  #request(direction: Direction, view: View, stream: number, length: number): Exchange {
    const { session, options } = this.#context;
    const exchange = session.request(direction, view, length, stream);
    exchange.protocol_request_id = String(stream);
    describeRequest(exchange, this.#shared.head, this.#shared.http, options);
    this.#noteType(exchange);
    this.#remember(stream, exchange);
    return exchange;
  }

  #response(
    direction: Direction,
    view: View,
    stream: number,
    length: number,
    ends: boolean,
    open: Exchange | undefined,
  ): void {
    const { session, options } = this.#context;
    const { head } = this.#shared;
    if (/^1\d\d$/.test(head.status)) return; // interim
    if (open === undefined && head.status === '' && head.grpcStatus === '') return; // nothing is known of it
    if (open === undefined && this.#cancelled.includes(stream)) return;
    if (open !== undefined && open.state !== ExchangeState.open) return; // timed out before
    let exchange = open;
    if (exchange?.has_response) session.more(direction, exchange, view, length);
    else {
      exchange = session.response(direction, view, length, open === undefined ? stream : open.id);
      if (open === undefined) {
        exchange.protocol_request_id = String(stream);
        this.#remember(stream, exchange);
      }
    }
    describeResponse(exchange, head, options);
    this.#noteType(exchange);
    if (ends && head.isPartial && head.grpcStatus === '' && exchange.protocol === 'grpc') hideOutcome(exchange);
    if (ends) this.#finish(stream, exchange);
  }

  #noteType(exchange: Exchange): void {
    const { contentType, isPartial } = this.#shared.head;
    if (exchange.protocol === 'grpc') return;
    if (contentType !== '') exchange.note = undefined;
    else if (isPartial && this.#isGrpc) markAsGrpc(exchange);
    else if (isPartial) exchange.note = TYPE_HIDDEN;
  }

  #guessGrpc(exchange: Exchange, view: View, frame: FrameHeader): void {
    if (view.length < FRAME_HEADER_BYTES + GRPC_PREFIX || frame.has(Flag.padded)) return;
    exchange.note = undefined;
    if (!holdsMessages(view.bytes, view.start + FRAME_HEADER_BYTES, view.end, frame.length)) return;
    this.#isGrpc = true;
    markAsGrpc(exchange);
  }

  #finish(stream: number, exchange: Exchange): void {
    this.#open.delete(stream);
    this.#context.session.finish(exchange);
  }

  #remember(stream: number, exchange: Exchange): void {
    if (this.#open.size >= this.#context.options.maxOpenPerConnection) {
      const [oldest, before] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      if (before.has_request) this.#context.session.giveUp(before, 'unknown');
      else this.#context.session.finish(before);
    }
    this.#open.set(stream, exchange);
  }
}
