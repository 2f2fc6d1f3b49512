import { TextCache } from '../../bytes/text-cache.ts';
import { type Direction, opposite } from '../../direction.ts';
import { describeCall } from '../../endpoint/describe-call.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readException } from './exception.ts';
import { Found, MessageHead, MessageType } from './message-head.ts';
import { StructWalker } from './struct-walker.ts';

/** So much of an exception is read. */
const EXCEPTION_BYTES = 2048;
const head = new MessageHead();
const texts = new TextCache();

/** A message without a frame, whose end is still to be found. */
interface Passing {
  readonly exchange: Exchange;
  readonly walker: StructWalker;
  readonly isLast: boolean;
}

/** One Thrift connection; each message says itself in which of the protocols it is written. */
export class ThriftConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #passing: [Passing | null, Passing | null] = [null, null];

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const passing = this.#passing[direction];
    if (passing !== null) return this.#walk(direction, view, passing);
    const found = head.read(view.bytes, view.start, view.end);
    if (found === Found.more) return Parse.needMore;
    if (found === Found.nothing) return Parse.lost;
    const { framedBytes } = head;
    const wanted = head.type === MessageType.exception ? Math.min(framedBytes || EXCEPTION_BYTES, EXCEPTION_BYTES) : 0;
    if (view.length < wanted && view.missing === 0 && (framedBytes > 0 || !this.#isWhole(view))) return Parse.needMore;
    const length = framedBytes || head.bodyAt - view.start;
    const exchange = this.#report(direction, view, length);
    const isLast = head.type !== MessageType.call;
    if (framedBytes > 0) {
      if (isLast) this.#context.session.finish(exchange);
    } else this.#passing[direction] = { exchange, walker: new StructWalker(head.isCompact), isLast };
    return length;
  }

  gap(direction: Direction): boolean {
    this.#leave(direction);
    return false;
  }

  #isWhole(view: View): boolean {
    const walker = new StructWalker(head.isCompact);
    walker.walk(view.bytes, head.bodyAt, view.end);
    return walker.isDone;
  }

  #walk(direction: Direction, view: View, passing: Passing): number {
    const passed = passing.walker.walk(view.bytes, view.start, view.end);
    if (passed < 0) {
      this.#leave(direction);
      return Parse.lost;
    }
    if (passed === 0) return Parse.needMore;
    this.#context.session.more(direction, passing.exchange, view, passed);
    if (passing.walker.isDone) this.#leave(direction);
    return passed;
  }

  #leave(direction: Direction): void {
    const passing = this.#passing[direction];
    this.#passing[direction] = null;
    if (passing?.isLast) this.#context.session.finish(passing.exchange);
  }

  #report(direction: Direction, view: View, length: number): Exchange {
    const { session } = this.#context;
    const name = texts.get(view.bytes, head.nameAt, head.nameEnd);
    // The answer of one of several services is without its name.
    const id = `${head.sequence} ${name.slice(name.indexOf(':') + 1)}`;
    if (head.type === MessageType.call) return describe(session.request(direction, view, length, id), name);
    if (head.type === MessageType.oneWay) return describe(session.oneWay(direction, view, length), name);
    const known = session.open(opposite(direction), id);
    const exchange = session.response(direction, view, length, id);
    if (known === undefined) describe(exchange, name);
    if (head.type === MessageType.reply) {
      exchange.response_code = '0';
      exchange.response_status = 'ok';
    } else {
      const end = head.framedBytes > 0 ? Math.min(view.end, view.start + head.framedBytes) : view.end;
      const exception = readException(view.bytes, head.bodyAt, end, head.isCompact);
      exchange.response_code = String(exception.type);
      exchange.response_status = exception.isClientError ? 'client_error' : 'server_error';
      exchange.response_exception = exception.text;
    }
    return exchange;
  }
}

/** Several services of one port are told apart by `Service:method` (TMultiplexedProtocol). */
function describe(exchange: Exchange, name: string): Exchange {
  const colon = name.indexOf(':');
  describeCall(exchange, name.slice(0, Math.max(0, colon)), name.slice(colon + 1));
  exchange.request_type = name;
  exchange.version = head.isCompact ? 'compact' : 'binary';
  exchange.protocol_request_id = String(head.sequence);
  return exchange;
}
