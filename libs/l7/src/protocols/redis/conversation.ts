import { startsWithIgnoringCase } from '../../bytes/text.ts';
import { TextCache } from '../../bytes/text-cache.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { Command, readCommand, readInline, showCommand } from './command.ts';
import { isPublished } from './detect.ts';
import { endOfLine } from './line.ts';
import { describeReply } from './reply.ts';
import { Silence } from './silence.ts';
import { isType, ValueWalk } from './value-walk.ts';

const STAR = 0x2a;
const PUSH = 0x3e;

const texts = new TextCache(4096);
const command = new Command();

/** The value under way in one direction. */
class Side extends ValueWalk {
  /** Whose it is; null for what makes no record. */
  passing: Exchange | null = null;
}

/** Commands in one direction, replies in the other, in the same order (RESP 3 specification). */
export class RedisConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #side0 = new Side();
  readonly #side1 = new Side();
  readonly #silence = new Silence();
  #client: Direction | -1 = -1;
  /** After SUBSCRIBE or MONITOR the server also speaks unasked. */
  #subscribed = false;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (!this.#side(direction).complete) return this.#goOn(direction, view);
    if (this.#client === -1) this.#client = this.#guessClient(direction, view);
    if (this.#client === -1) return Parse.needMore;
    return direction === this.#client ? this.#command(direction, view) : this.#reply(direction, view);
  }

  #side(direction: Direction): Side {
    return direction === 0 ? this.#side0 : this.#side1;
  }

  gap(direction: Direction): boolean {
    this.#side(direction).reset();
    this.#done(direction);
    return false;
  }

  close(): void {
    for (const direction of [0, 1] as const) this.#done(direction);
  }

  /** A command, or what cannot be a reply, comes from the client; -1 while its name is not there yet. */
  #guessClient(direction: Direction, view: View): Direction | -1 {
    const first = view.bytes[view.start];
    if (first !== STAR) return isType(first) ? opposite(direction) : direction;
    if (isPublished(view.bytes, view.start, view.end)) return opposite(direction);
    const read = readCommand(command, view.bytes, view.start, view.end, texts, view.missing > 0);
    if (read === 0 && view.missing === 0) return -1;
    if (read === 1 && (command.word.isKnown || direction === 0)) return direction;
    return opposite(direction);
  }

  #command(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (bytes[start] !== STAR) return this.#inline(direction, view);
    const read = readCommand(command, bytes, start, end, texts, view.missing > 0);
    if (read <= 0) return read === 0 ? Parse.needMore : Parse.lost;
    const walk = this.#side(direction);
    const next = walk.walk(bytes, start, end);
    if (next <= start) return next < 0 ? Parse.lost : Parse.needMore;
    if (command.words > 0) this.#ask(direction, view, next - start);
    return next - start;
  }

  #inline(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    let line = start;
    while (line < end && bytes[line] !== 0x0a) line++;
    if (line === end) return end - start > 16_384 || isType(bytes[start]) ? Parse.lost : Parse.needMore;
    readInline(command, bytes, start, line, texts);
    if (command.word.word === '') return line + 1 - start;
    if (!command.word.isKnown) return Parse.lost;
    this.#ask(direction, view, line + 1 - start);
    return line + 1 - start;
  }

  #ask(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const { bytes, start, end } = view;
    const silent = this.#silence.of(command, bytes, start, Math.min(end, start + length));
    const exchange = session.ask(!silent, direction, view, length);
    exchange.request_type = exchange.endpoint = command.name;
    exchange.request_resource = showCommand(command);
    this.#side(direction).passing = this.#side(direction).complete ? null : exchange;
    if (command.word.listens) this.#subscribed = true;
    if (silent && this.#side(direction).passing === null) session.finish(exchange);
  }

  #reply(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (!isType(bytes[start])) return Parse.lost;
    const line = endOfLine(bytes, start + 1, end);
    if (line < 0 && view.missing === 0) return line === -1 ? Parse.needMore : Parse.lost;
    const unasked = this.#isUnasked(direction, view);
    const next = this.#side(direction).walk(bytes, start, end);
    if (next <= start) return next < 0 ? Parse.lost : Parse.needMore;
    if (unasked) return next - start;
    const exchange = this.#context.session.response(direction, view, next - start);
    describeReply(exchange, bytes, start, end);
    this.#side(direction).passing = exchange;
    if (this.#side(direction).complete) this.#done(direction);
    return next - start;
  }

  /** Messages of a subscription, and what MONITOR shows. Confirmations answer the command that asked for them. */
  #isUnasked(direction: Direction, view: View): boolean {
    const first = view.bytes[view.start];
    const waiting = this.#context.session.queued(opposite(direction)) > 0;
    if (!this.#subscribed && first !== PUSH) return false;
    if (!waiting) return true;
    if (first !== PUSH && first !== STAR) return false;
    const line = endOfLine(view.bytes, view.start + 1, view.end);
    const word = line < 0 ? -1 : endOfLine(view.bytes, line + 2, view.end);
    if (word < 0) return first === PUSH;
    const says = (name: string): boolean => startsWithIgnoringCase(view.bytes, word + 2, view.end, name);
    return says('message') || says('pmessage') || says('smessage') || says('invalidate');
  }

  #goOn(direction: Direction, view: View): number {
    const walk = this.#side(direction);
    const next = walk.walk(view.bytes, view.start, view.end);
    if (next < 0) {
      this.#done(direction);
      return Parse.lost;
    }
    const length = next - view.start;
    if (length === 0) return Parse.needMore;
    const exchange = this.#side(direction).passing;
    if (exchange !== null) this.#context.session.more(direction, exchange, view, length);
    if (walk.complete) this.#done(direction);
    return length;
  }

  #done(direction: Direction): void {
    const exchange = this.#side(direction).passing;
    this.#side(direction).passing = null;
    if (exchange !== null && (exchange.is_one_way || direction !== exchange.client))
      this.#context.session.finish(exchange);
  }
}
