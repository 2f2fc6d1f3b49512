import { lineEnd, replyCode, withoutEnd } from '../../bytes/reply-line.ts';
import { text } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import { foldPath } from '../../endpoint/fold-path.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { hasPath, isCommand } from './commands.ts';
import { ReplyLines } from './reply-end.ts';

const MAX_LINE = 8192;
const READY = 220;
const CLOSING = 421;
const SECURED = 234;

/**
 * Commands and replies in the same order. A preliminary reply (1xx) is followed by another one when the transfer, in a
 * connection of its own, has ended: the exchange lasts until then.
 */
export class FtpConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #lines = new ReplyLines();
  #client: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const next = lineEnd(view.bytes, view.start, view.end, MAX_LINE);
    if (next <= 0) return next === 0 ? Parse.needMore : Parse.lost;
    if (this.#client === -1)
      this.#client = replyCode(view.bytes, view.start, view.end) > 0 ? opposite(direction) : direction;
    return direction === this.#client ? this.#command(direction, view, next) : this.#reply(direction, view, next);
  }

  gap(direction: Direction): boolean {
    if (direction !== this.#client) this.#lines.reset();
    return false;
  }

  #command(direction: Direction, view: View, next: number): number {
    const { bytes, start } = view;
    const line = text(bytes, start, withoutEnd(bytes, next), MAX_LINE).replace(/^[^A-Za-z]+/, ''); // TELNET IP and Synch before ABOR
    const word = (/^[A-Za-z]+\d?/.exec(line)?.[0] ?? '').toUpperCase();
    if (!isCommand(word)) return Parse.lost;
    const exchange = this.#context.session.request(direction, view, next - start);
    const path = hasPath(word) ? line.slice(word.length + 1) : '';
    exchange.request_type = word;
    exchange.request_resource = path;
    exchange.endpoint = path === '' ? word : `${word} ${foldPath(path)}`;
    return next - start;
  }

  #reply(direction: Direction, view: View, next: number): number {
    const { bytes, start } = view;
    const { session } = this.#context;
    const length = next - start;
    const code = this.#lines.line(bytes, start, next);
    if (code === 0) return Parse.lost;
    const asked = session.open(opposite(direction));
    if (asked === undefined && (code === READY || code === CLOSING || code < 200)) return length;
    const exchange = session.response(direction, view, length);
    if (code < 0) return length;
    exchange.response_code = String(code);
    if (code < 400) exchange.response_status = 'ok';
    else {
      exchange.response_status = code < 500 ? 'server_error' : 'client_error';
      exchange.response_exception = text(bytes, start + 4, withoutEnd(bytes, next), 256);
    }
    if (code >= 200) session.finish(exchange);
    if (code === SECURED && exchange.request_type === 'AUTH') this.#context.switchTo(null);
    return length;
  }
}
