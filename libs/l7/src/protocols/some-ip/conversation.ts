import { type Direction, opposite } from '../../direction.ts';
import { describeCall } from '../../endpoint/describe-call.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { HEADER_BYTES, MessageType, SomeIpHeader } from './header.ts';
import { classOf, codeName } from './return-codes.ts';

const typeNames = { [MessageType.requestNoReturn]: 'REQUEST_NO_RETURN', [MessageType.notification]: 'NOTIFICATION' };
const header = new SomeIpHeader();

/** SOME/IP between two ends: calls, told apart by method, client and session; calls and events without a response. */
export class SomeIpConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #isDatagrams: boolean;

  constructor(context: ConversationContext, isDatagrams: boolean) {
    this.#context = context;
    this.#isDatagrams = isDatagrams;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < HEADER_BYTES) return this.#isDatagrams ? Parse.lost : Parse.needMore;
    if (!this.#isDatagrams) return this.#message(direction, view);
    const first = view.start;
    const length = view.length + view.missing;
    while (view.start + HEADER_BYTES <= view.end) {
      const passed = this.#message(direction, view);
      if (passed < 0) break;
      view.start += passed;
    }
    const isRead = view.start > first;
    view.start = first;
    return isRead ? length : Parse.lost;
  }

  #message(direction: Direction, view: View): number {
    if (!header.read(view.bytes, view.start)) return Parse.lost;
    const { session } = this.#context;
    const { type, totalBytes } = header;
    const id = `${header.service}.${header.method}.${header.client}.${header.session}`;
    if (type === MessageType.request) {
      const open = session.open(direction, id);
      if (header.isSegment && open) session.more(direction, open, view, totalBytes);
      else describe(session.request(direction, view, totalBytes, id), 'REQUEST');
    } else if (type === MessageType.response || type === MessageType.error) {
      const known = session.open(opposite(direction), id);
      const exchange = session.response(direction, view, totalBytes, id);
      if (known === undefined) describe(exchange, 'REQUEST');
      const { returnCode } = header;
      exchange.response_code = String(returnCode);
      exchange.response_status = type === MessageType.error && returnCode === 0 ? 'server_error' : classOf(returnCode);
      if (exchange.response_status !== 'ok') exchange.response_exception = codeName(returnCode);
      session.finish(exchange);
    } else {
      const exchange = session.oneWay(direction, view, totalBytes);
      describe(exchange, typeNames[type as keyof typeof typeNames]);
      session.finish(exchange);
    }
    return totalBytes;
  }
}

function describe(exchange: Exchange, type: string): void {
  describeCall(exchange, hex(header.service), hex(header.method));
  exchange.request_type = type;
  exchange.version = String(header.interfaceVersion);
  exchange.protocol_request_id = `${hex(header.client)}:${hex(header.session)}`;
}

const hex = (number: number): string => `0x${number.toString(16).padStart(4, '0')}`;
