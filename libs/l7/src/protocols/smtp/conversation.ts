import { isContinued, lineEnd, replyCode, withoutEnd } from '../../bytes/reply-line.ts';
import { ownText, text } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { domainOf, isCommand } from './commands.ts';
import { MailData } from './mail-data.ts';

/** RFC 5321 4.5.3.1.4 says 512; AUTH and extensions want more. */
const MAX_LINE = 12_288;
const MAX_CHUNK = 1024 * 1024 * 1024;
const GREETING = 220;
const CLOSING = 421;

/**
 * Commands and replies in the same order. DATA and AUTH have an intermediate reply (3xx), after which the client says more
 * and gets another: one exchange. After STARTTLS the engine looks for TLS.
 */
export class SmtpConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #mail = new MailData();
  #client: Direction | -1 = -1;
  #helo = '';
  /** Whose mail or credentials the client sends now. */
  #continued: Exchange | null = null;
  #inMail = false;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (this.#client === -1) {
      const isReply = replyCode(view.bytes, view.start, view.end) > 0;
      this.#client = isReply ? opposite(direction) : direction;
    }
    if (direction === this.#client && this.#inMail) return this.#data(direction, view);
    const next = lineEnd(view.bytes, view.start, view.end, MAX_LINE);
    if (next <= 0) return next === 0 ? Parse.needMore : Parse.lost;
    return direction === this.#client ? this.#command(direction, view, next) : this.#reply(direction, view, next);
  }

  gap(direction: Direction): boolean {
    if (direction === this.#client && this.#inMail) {
      this.#mail.start();
      return true;
    }
    this.#continued = null;
    return false;
  }

  #data(direction: Direction, view: View): number {
    const found = this.#mail.pass(view.bytes, view.start, view.end);
    const length = (found < 0 ? view.end : found) - view.start;
    if (this.#continued !== null) this.#context.session.more(direction, this.#continued, view, length);
    if (found >= 0) {
      this.#inMail = false;
      this.#continued = null;
    }
    return length;
  }

  #command(direction: Direction, view: View, next: number): number {
    const { session } = this.#context;
    const length = next - view.start;
    if (this.#continued !== null) {
      session.more(direction, this.#continued, view, length); // credentials: passed over unread
      this.#continued = null;
      return length;
    }
    const line = text(view.bytes, view.start, withoutEnd(view.bytes, next), MAX_LINE);
    const word = (/^[A-Za-z-]+/.exec(line)?.[0] ?? '').toUpperCase();
    if (!isCommand(word)) return Parse.lost;
    const argument = line.slice(word.length + 1);
    const chunk = word === 'BDAT' ? Number(/^\d{1,10}/.exec(argument)?.[0] ?? 0) : 0;
    if (chunk > MAX_CHUNK) return Parse.lost;
    const exchange = session.request(direction, view, length + chunk);
    if (word === 'EHLO' || word === 'HELO' || word === 'LHLO') this.#helo = ownText(argument.trim());
    exchange.request_type = exchange.endpoint = word;
    exchange.request_domain = this.#helo;
    exchange.request_resource = resourceOf(word, argument);
    return length + chunk;
  }

  #reply(direction: Direction, view: View, next: number): number {
    const { session } = this.#context;
    const code = replyCode(view.bytes, view.start, next);
    if (code === 0) return Parse.lost;
    const length = next - view.start;
    const asked = session.open(opposite(direction));
    if (asked === undefined && (code === GREETING || code === CLOSING || code < 200)) return length;
    const exchange = session.response(direction, view, length);
    if (isContinued(view.bytes, view.start)) return length;
    exchange.response_code = String(code);
    if (code < 400) exchange.response_status = 'ok';
    else {
      exchange.response_status = code < 500 ? 'server_error' : 'client_error';
      exchange.response_exception = reasonOf(text(view.bytes, view.start + 4, withoutEnd(view.bytes, next), 512));
    }
    if (code >= 300 && code < 400 && exchange.has_request) this.#goOn(exchange);
    else session.finish(exchange);
    if (code === GREETING && exchange.request_type === 'STARTTLS') this.#context.switchTo(null);
    return length;
  }

  #goOn(exchange: Exchange): void {
    this.#continued = exchange;
    this.#inMail = exchange.request_type === 'DATA';
    if (this.#inMail) this.#mail.start();
  }
}

/** What is asked for, without the user's part of addresses and without credentials. */
function resourceOf(word: string, argument: string): string {
  if (word === 'MAIL' || word === 'RCPT') return domainOf(argument);
  if (word === 'AUTH') return argument.split(' ', 1)[0];
  return word === 'EHLO' || word === 'HELO' || word === 'LHLO' ? argument.trim() : '';
}

/** An error text, with addresses in it masked but for their domain. */
const reasonOf = (reason: string): string => reason.replace(/[^\s<@]{1,128}@/g, '?@');
