import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { type Exchange, ExchangeState } from '../../session/exchange.ts';
import { isIdentification, lineEnd, MAX_LINE, readIdentification } from './identification.ts';

const PORT = 22;

/**
 * The two identification lines of an SSH connection as one request, whose response is the server's, whichever came first.
 * All that follows is encrypted.
 */
export class SshConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #server: Direction;
  #exchange: Exchange | null = null;

  constructor(context: ConversationContext) {
    this.#context = context;
    const [first, second] = context.ports;
    const isFirst = first === PORT || (second !== PORT && first < second);
    this.#server = isFirst ? 0 : 1;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    const next = lineEnd(bytes, start, end);
    if (next === 0) return view.length < MAX_LINE ? Parse.needMore : Parse.lost;
    const length = next - start;
    if (!isIdentification(bytes, start, next)) return direction === this.#server ? length : Parse.lost;
    const isDone = this.#exchange !== null;
    if (direction === this.#server) this.#answer(direction, view, length);
    else this.#ask(direction, view, length);
    if (!isDone) return length;
    this.#finish();
    return Parse.done;
  }

  close(): void {
    if (this.#exchange?.has_response) this.#finish();
  }

  #ask(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const { version, software } = readIdentification(view.bytes, view.start, view.start + length);
    const exchange = this.#exchange ?? session.request(direction, view, length);
    if (this.#exchange !== null) {
      if (!exchange.has_request) exchange.req_tcp_seq = view.seqAt(view.start);
      exchange.has_request = true;
      session.more(direction, exchange, view, length);
    }
    exchange.version ||= version;
    exchange.request_type = 'IDENTIFICATION';
    exchange.request_resource = software;
    this.#exchange = exchange;
  }

  #answer(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const { version, software } = readIdentification(view.bytes, view.start, view.start + length);
    const known = this.#exchange;
    if (known?.has_response) session.more(direction, known, view, length);
    const exchange = known?.has_response ? known : session.response(direction, view, length);
    exchange.version = version;
    exchange.request_type = 'IDENTIFICATION';
    exchange.response_status = 'ok';
    exchange.response_result = software;
    this.#exchange = exchange;
  }

  #finish(): void {
    if (this.#exchange?.state === ExchangeState.open) this.#context.session.finish(this.#exchange);
    this.#exchange = null;
  }
}
