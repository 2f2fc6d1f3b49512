import { Cursor } from '../../bytes/cursor.ts';
import { u16be, u64be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { Arguments } from './arguments.ts';
import { Contents } from './content.ts';
import { describeRequest, statusOf } from './describe.ts';
import { isHeader091 } from './detect.ts';
import { channelOf, FrameType, frameLength, PREFIX } from './frame.ts';
import { Login } from './login.ts';
import { keyOf, type Method, methodOf, wantsNoAnswer } from './methods.ts';
import { readProperties } from './properties.ts';

/** So much of methods and content headers is looked at. */
const MAX_HEAD = 16 * 1024;
const PROTOCOL_HEADER = 8;
const CLASSES = 128 * 1024;
/** Connection.StartOk in channel 0. */
const LOGIN = keyOf(10, 11);

const cursor = new Cursor();
const args = new Arguments();

/**
 * Methods of either side, told apart by channel and method; contents follow in frames of their own, to the end of which
 * their exchange lasts. A channel or connection closed with an error answers the request that was open in it.
 */
export class AmqpConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #contents: readonly [Contents, Contents] = [new Contents(), new Contents()];
  /** Id of the request last sent, by direction. */
  readonly #lastAsked: [number, number] = [-1, -1];
  #virtualHost = '';
  /** Credentials of which the server has said nothing yet. */
  #login: Login | null = null;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (view.length < PREFIX + 1) return Parse.needMore;
    if (startsWith(bytes, start, end, 'AMQP')) return isHeader091(bytes, start) ? PROTOCOL_HEADER : Parse.lost;
    const length = frameLength(bytes, start);
    if (length < 0) return Parse.lost;
    const type = bytes[start];
    if (type === FrameType.heartbeat) return length;
    const isBody = type === FrameType.body;
    if (!isBody && view.length < Math.min(length, MAX_HEAD) && view.missing === 0) return Parse.needMore;
    cursor.set(bytes, start + PREFIX, Math.min(end, start + length - 1));
    const channel = channelOf(bytes, start);
    if (type === FrameType.method) return this.#method(direction, view, length, channel);
    const exchange = this.#contents[direction].get(channel);
    if (exchange === undefined) return length;
    this.#context.session.more(direction, exchange, view, length);
    const complete = isBody
      ? this.#contents[direction].part(channel, length - PREFIX - 1)
      : this.#header(direction, channel, exchange);
    if (complete) this.#complete(direction, channel);
    return length;
  }

  /** A server that says nothing but closes the connection has refused the login before. */
  ended(direction: Direction): void {
    if (this.#login === null || direction === this.#login.client) return;
    const { session } = this.#context;
    session.giveUp(this.#login.refused(session, LOGIN), 'client_error');
    this.#login = null;
  }

  gap(direction: Direction): boolean {
    this.#login = null;
    for (const exchange of this.#contents[direction].drain()) this.#context.session.finish(exchange);
    return false;
  }

  close(): void {
    this.gap(0);
    this.gap(1);
  }

  /** Class, weight, size of the body, then flags and properties. */
  #header(direction: Direction, channel: number, exchange: Exchange): boolean {
    cursor.take(4);
    const at = cursor.take(8);
    const size = at < 0 ? 0 : u64be(cursor.bytes, at);
    if (exchange.has_request) exchange.attribute('messaging.message.body.size', size);
    readProperties(exchange, cursor, this.#context.options);
    return this.#contents[direction].size(channel, size);
  }

  #method(direction: Direction, view: View, length: number, channel: number): number {
    const at = cursor.take(4);
    if (at < 0) return length;
    const classId = u16be(view.bytes, at);
    const methodId = u16be(view.bytes, at + 2);
    const method = methodOf(classId, methodId);
    if (method === undefined) return Parse.lost;
    args.read(cursor, method.args);
    this.#followLogin(direction, view, length, method.name);
    const id = (answered: number): number => channel * CLASSES + keyOf(classId, answered);
    const exchange =
      method.role === 'response'
        ? this.#answer(direction, view, length, id(method.answers), method)
        : this.#ask(direction, view, length, id(methodId), method, channel);
    if (method.hasContent) this.#start(direction, channel, exchange);
    else if (exchange.is_one_way || method.role === 'response') this.#context.session.finish(exchange);
    return length;
  }

  #followLogin(direction: Direction, view: View, length: number, name: string): void {
    if (name === 'Connection.StartOk') this.#login = new Login(direction, view, length);
    else if (this.#login !== null && direction !== this.#login.client) {
      if (args.replyCode > 0) {
        this.#login.refused(this.#context.session, LOGIN);
        this.#lastAsked[this.#login.client] = LOGIN;
      }
      this.#login = null; // Secure, Tune: so far it is good
    }
  }

  #ask(direction: Direction, view: View, length: number, id: number, method: Method, channel: number): Exchange {
    const { session } = this.#context;
    if (args.replyCode > 0 && !method.hasContent) this.#refuse(direction, view, channel);
    const oneWay = method.role === 'oneWay' || wantsNoAnswer(method, args.bits);
    const exchange = session.ask(!oneWay, direction, view, length, id);
    if (!oneWay) this.#lastAsked[direction] = id;
    if (args.virtualHost !== '') this.#virtualHost = args.virtualHost;
    describeRequest(exchange, method.name, args, this.#virtualHost);
    exchange.protocol_request_id = String(channel);
    if (args.replyCode > 0) {
      exchange.response_code = String(args.replyCode);
      exchange.response_exception = args.replyCode === 200 ? '' : args.replyText;
      if (oneWay) exchange.response_status = statusOf(args.replyCode); // a message that could not be routed
    }
    return exchange;
  }

  /** The other side's last request, if still open in this channel (or in any, if the connection is closed), has failed. */
  #refuse(direction: Direction, view: View, channel: number): void {
    const { session } = this.#context;
    const id = this.#lastAsked[opposite(direction)];
    if (statusOf(args.replyCode) === 'ok' || (channel > 0 && Math.floor(id / CLASSES) !== channel)) return;
    if (!session.open(opposite(direction), id)) return;
    const failed = session.response(direction, view, 0, id);
    failed.response_code = String(args.replyCode);
    failed.response_status = statusOf(args.replyCode);
    failed.response_exception = args.replyText;
    session.finish(failed);
  }

  #answer(direction: Direction, view: View, length: number, id: number, method: Method): Exchange {
    const exchange = this.#context.session.response(direction, view, length, id);
    exchange.response_status = 'ok';
    if (!exchange.has_request) exchange.request_type = method.name.replace(/(Ok|Empty)$/, '');
    if (method.name === 'Basic.GetEmpty') exchange.response_result = 'empty';
    return exchange;
  }

  #start(direction: Direction, channel: number, exchange: Exchange): void {
    const before = this.#contents[direction].start(channel, exchange);
    if (before !== undefined) this.#context.session.finish(before);
  }

  #complete(direction: Direction, channel: number): void {
    const exchange = this.#contents[direction].end(channel);
    if (exchange !== undefined) this.#context.session.finish(exchange);
  }
}
