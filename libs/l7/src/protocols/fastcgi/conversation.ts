import { u32be } from '../../bytes/numbers.ts';
import { ascii } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { type Exchange, ExchangeState } from '../../session/exchange.ts';
import { statusOf } from '../http1/describe.ts';
import { Http1Shared } from '../http1/shared.ts';
import { Params } from './params.ts';
import { RECORD_HEADER_BYTES, RecordHeader, RecordType } from './record.ts';
import { CgiRequest } from './request.ts';

/** The status stands in the head of the answer, which a record of this length has. */
const HEAD_BYTES = 2048;
const MAX_OPEN = 256;
/** Protocol status of FCGI_END_REQUEST (5.5). */
const refusals = ['', 'CANT_MPX_CONN', 'OVERLOADED', 'UNKNOWN_ROLE'];
const header = new RecordHeader();

interface Open {
  readonly exchange: Exchange;
  /** Null once all have come. */
  params: Params | null;
  readonly request: CgiRequest;
}

/** One FastCGI connection: requests, multiplexed by id (FastCGI specification 1.0). */
export class FastCgiConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #shared: Http1Shared;
  readonly #open = new Map<number, Open>();

  constructor(context: ConversationContext) {
    this.#context = context;
    this.#shared = Http1Shared.of(context.options);
  }

  parse(direction: Direction, view: View): number {
    if (view.length < RECORD_HEADER_BYTES) return Parse.needMore;
    if (!header.read(view.bytes, view.start)) return Parse.lost;
    const { type, totalBytes } = header;
    if (view.length < this.#wantedBytes() && view.missing === 0) return Parse.needMore;
    const open = this.#open.get(header.id);
    if (type === RecordType.beginRequest) this.#begin(direction, view);
    else if (type === RecordType.stdout || type === RecordType.stderr || type === RecordType.endRequest)
      this.#answer(direction, view, open);
    else if (open !== undefined && direction === open.exchange.client) {
      this.#context.session.more(direction, open.exchange, view, totalBytes);
      if (type === RecordType.params) this.#params(view, open);
    }
    return totalBytes;
  }

  close(): void {
    for (const { exchange } of this.#open.values()) if (!exchange.has_request) this.#context.session.finish(exchange);
    this.#open.clear();
  }

  /** How much of a record is read. */
  #wantedBytes(): number {
    switch (header.type) {
      case RecordType.params:
        return header.totalBytes;
      case RecordType.stdout:
        return this.#open.get(header.id)?.exchange.response_code
          ? RECORD_HEADER_BYTES
          : Math.min(header.totalBytes, HEAD_BYTES);
      case RecordType.endRequest:
        return RECORD_HEADER_BYTES + 8;
      default:
        return RECORD_HEADER_BYTES;
    }
  }

  #begin(direction: Direction, view: View): void {
    const exchange = this.#context.session.request(direction, view, header.totalBytes, header.id);
    exchange.protocol_request_id = String(header.id);
    const request = new CgiRequest(this.#shared, this.#context.options);
    if (this.#open.size >= MAX_OPEN) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(header.id, { exchange, params: new Params(), request });
  }

  /** An empty record ends the stream (3.3). */
  #params(view: View, open: Open): void {
    if (open.params === null) return;
    const from = view.start + RECORD_HEADER_BYTES;
    const end = Math.min(view.end, from + header.contentBytes);
    open.params.read(view.bytes, from, end, open.request.wants, open.request.set);
    open.request.describe(open.exchange);
    if (header.contentBytes === 0) open.params = null;
  }

  #answer(direction: Direction, view: View, open: Open | undefined): void {
    const { session } = this.#context;
    let exchange = open?.exchange;
    if (exchange !== undefined && (exchange.client === direction || exchange.state !== ExchangeState.open)) return;
    if (exchange?.has_response) session.more(direction, exchange, view, header.totalBytes);
    else exchange = session.response(direction, view, header.totalBytes, header.id);
    if (open === undefined) this.#adopt(exchange);
    if (header.type === RecordType.stdout && exchange.response_code === '') readStatus(exchange, view);
    else if (header.type === RecordType.endRequest) {
      readEnd(exchange, view);
      this.#open.delete(header.id);
      session.finish(exchange);
    }
  }

  /** A response whose request was not seen. */
  #adopt(exchange: Exchange): void {
    exchange.protocol_request_id = String(header.id);
    if (this.#open.size >= MAX_OPEN) return;
    const request = new CgiRequest(this.#shared, this.#context.options);
    this.#open.set(header.id, { exchange, params: null, request });
  }
}

/** `Status: 404 Not Found` in the head; 200 without (RFC 3875 6.3.3). */
function readStatus(exchange: Exchange, view: View): void {
  if (header.contentBytes === 0) return;
  const from = view.start + RECORD_HEADER_BYTES;
  const text = ascii(view.bytes, from, Math.min(view.end, from + Math.min(header.contentBytes, HEAD_BYTES)));
  const [head] = text.split(/\r?\n\r?\n/, 1);
  const status = /^Status:\s*(\d{3})\s*([^\r\n]*)/im.exec(head);
  const code = status === null ? 200 : Number(status[1]);
  exchange.response_code = String(code);
  exchange.response_status = statusOf(code);
  if (code >= 400) exchange.response_exception = status![2].slice(0, 256);
}

/** `appStatus (32), protocolStatus (8), reserved (24)` (5.5) */
function readEnd(exchange: Exchange, view: View): void {
  const at = view.start + RECORD_HEADER_BYTES;
  if (at + 5 > view.end) return;
  const refusal = view.bytes[at + 4];
  if (refusal !== 0) {
    exchange.response_status = 'server_error';
    exchange.response_exception = refusals[refusal] ?? `STATUS_${refusal}`;
  } else if (exchange.response_code === '') {
    exchange.response_status = u32be(view.bytes, at) === 0 ? 'ok' : 'server_error';
  }
}
