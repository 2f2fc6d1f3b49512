import { text } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { commandName, reasonOf, socketType, topicOf } from './command.ts';
import { bodyLength, hasMore, headLength, isCommand } from './frame.ts';
import { GREETING, isGreeting, mechanismOf, versionOf } from './greeting.ts';

const MAX_COMMAND = 4096;
const MAX_BODY = 2 ** 40;
const MAX_TOPIC = 256;

/** What is known of one end. */
class Side {
  greeted = false;
  /** Type of its socket. */
  socket = '';
  /** The message whose frames are passing, and whether it is an answer. */
  passing: Exchange | null = null;
  answering = false;
}

/**
 * Greetings, a handshake of commands, then messages of one or more frames. REQ is answered by REP in turn; all other
 * sockets send without answers. Who speaks CURVE is encrypted after the greeting.
 */
export class ZmtpConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #side0 = new Side();
  readonly #side1 = new Side();
  #version = '';

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start } = view;
    if (!this.#side(direction).greeted) return this.#greeting(direction, view);
    const head = headLength(bytes[start]);
    if (head < 0) return Parse.lost;
    if (view.length < head) return Parse.needMore;
    const body = bodyLength(bytes, start);
    if (body > MAX_BODY) return Parse.lost;
    if (!isCommand(bytes[start])) return this.#message(direction, view, head, head + body);
    if (body > MAX_COMMAND) return Parse.lost;
    if (view.length < head + body && view.missing === 0) return Parse.needMore;
    this.#command(direction, view, head, head + body);
    return head + body;
  }

  #side(direction: Direction): Side {
    return direction === 0 ? this.#side0 : this.#side1;
  }

  gap(direction: Direction): boolean {
    const exchange = this.#side(direction).passing;
    this.#side(direction).passing = null;
    if (exchange !== null) this.#context.session.finish(exchange);
    return false;
  }

  /** Frames have no mark of their own to go on at, but those of a segment mostly end with it. */
  resync(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (view.length >= GREETING && isGreeting(bytes, start)) return start;
    let at = start;
    while (at < end && this.#side(direction).greeted) {
      const head = headLength(bytes[at]);
      if (head < 0 || at + head > end) return -1;
      at += head + bodyLength(bytes, at);
    }
    return at === end + view.missing ? start : -1;
  }

  #greeting(direction: Direction, view: View): number {
    if (view.length < GREETING) return Parse.needMore;
    if (!isGreeting(view.bytes, view.start)) return Parse.lost;
    this.#side(direction).greeted = true;
    this.#version = versionOf(view.bytes, view.start);
    return mechanismOf(view.bytes, view.start) === 'CURVE' ? Parse.done : GREETING;
  }

  #command(direction: Direction, view: View, head: number, length: number): void {
    const { session } = this.#context;
    const from = view.start + head;
    const to = Math.min(view.end, view.start + length);
    const name = commandName(view.bytes, from, to);
    if (name === 'READY') this.#side(direction).socket = socketType(view.bytes, from, to);
    else if (name === 'SUBSCRIBE' || name === 'CANCEL') {
      const exchange = session.oneWay(direction, view, length);
      this.#fill(exchange, name, topicOf(view.bytes, from, to));
      session.finish(exchange);
    } else if (name === 'ERROR') {
      const exchange = session.oneWay(direction, view, length);
      this.#fill(exchange, name, '');
      exchange.response_status = 'client_error';
      exchange.response_exception = exchange.response_code = reasonOf(view.bytes, from, to);
      session.finish(exchange);
    }
  }

  #message(direction: Direction, view: View, head: number, length: number): number {
    const { session } = this.#context;
    const more = hasMore(view.bytes[view.start]);
    const passing = this.#side(direction).passing;
    if (passing !== null) session.more(direction, passing, view, length);
    else {
      const incomplete = view.length < Math.min(length, head + MAX_TOPIC) && view.missing === 0;
      if (incomplete && this.#isPublished(direction)) return Parse.needMore;
      this.#begin(direction, view, head, length);
    }
    if (!more) this.#end(direction);
    return length;
  }

  #begin(direction: Direction, view: View, head: number, length: number): void {
    const { session } = this.#context;
    const socket = this.#side(direction).socket;
    if (socket === 'REP' && session.queued(opposite(direction)) > 0) {
      this.#side(direction).passing = session.response(direction, view, length);
      this.#side(direction).answering = true;
      return;
    }
    const asks = socket === 'REQ' && this.#side(opposite(direction)).socket === 'REP';
    const exchange = session.ask(asks, direction, view, length);
    const end = Math.min(view.end, view.start + length, view.start + head + MAX_TOPIC);
    this.#fill(exchange, socket || 'MESSAGE', this.#isPublished(direction) ? publishedTopic(view, head, end) : '');
    this.#side(direction).passing = exchange;
  }

  #end(direction: Direction): void {
    const exchange = this.#side(direction).passing;
    this.#side(direction).passing = null;
    if (exchange === null) return;
    if (this.#side(direction).answering) exchange.response_status = 'ok';
    if (this.#side(direction).answering || exchange.is_one_way) this.#context.session.finish(exchange);
    this.#side(direction).answering = false;
  }

  #isPublished(direction: Direction): boolean {
    return this.#side(direction).socket === 'PUB' || this.#side(direction).socket === 'XPUB';
  }

  #fill(exchange: Exchange, type: string, topic: string): void {
    exchange.request_type = type;
    exchange.version = this.#version;
    exchange.request_resource = exchange.request_domain = topic;
    exchange.endpoint = topic.split('.', 1)[0];
  }
}

/** The first frame of what is published begins with the topic; what is not text is none. */
function publishedTopic(view: View, head: number, end: number): string {
  const topic = text(view.bytes, view.start + head, end, MAX_TOPIC).split(/[\0\s]/, 1)[0];
  return /^[\x21-\x7e]+$/.test(topic) ? topic : '';
}
