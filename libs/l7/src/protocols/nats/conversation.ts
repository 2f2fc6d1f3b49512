import { ownText } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { statusOfError } from './errors.ts';
import { readHeaders } from './headers.ts';
import { lineLength, lineText } from './line.ts';
import { type Operation, operationOf } from './operations.ts';

/** A server takes no more than 64 MiB, whatever its configuration says. */
const MAX_PAYLOAD = 64 * 1024 * 1024;
const MAX_HEADER = 16 * 1024;

/** Messages have no responses of their own: each is a record, one way. PING is answered by PONG. */
export class NatsConversation implements Conversation {
  readonly #context: ConversationContext;
  #server = '';
  #version = '';

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    const line = lineLength(bytes, start, end);
    if (line <= 0) return line === 0 && view.length < MAX_HEADER * 2 ? Parse.needMore : Parse.lost;
    const shown = lineText(bytes, start, line);
    const words = shown.split(/[ \t]+/, 6);
    const operation = operationOf(words[0]);
    if (operation === undefined) return shown === '' ? line : Parse.lost;
    if (operation.sizes > 0) return this.#message(direction, view, line, words, operation);
    this.#control(direction, view, line, operation.name, shown, words);
    return line;
  }

  #message(direction: Direction, view: View, line: number, words: string[], operation: Operation): number {
    const total = sizeOf(words.at(-1));
    const headers = operation.sizes === 2 ? sizeOf(words.at(-2)) : 0;
    if (words.length < 2 + operation.sizes || total < 0 || headers < 0 || headers > total) return Parse.lost;
    const head = line + Math.min(headers, MAX_HEADER);
    if (view.length < head && view.missing === 0) return Parse.needMore;
    const { session, options } = this.#context;
    const exchange = session.oneWay(direction, view, line + total + 2);
    this.#fill(exchange, operation.name, words[1]);
    exchange.attribute('messaging.message.body.size', total - headers);
    if (headers > 0)
      readHeaders(exchange, view.bytes, view.start + line, Math.min(view.end, view.start + head), options);
    session.finish(exchange);
    return line + total + 2;
  }

  #control(direction: Direction, view: View, line: number, name: string, shown: string, words: string[]): void {
    const { session } = this.#context;
    switch (name) {
      case 'INFO':
        this.#server = ownText(/"server_name":"([^"]{1,128})"/.exec(shown)?.[1] ?? '');
        this.#version = ownText(/"version":"([^"]{1,32})"/.exec(shown)?.[1] ?? '');
        break;
      case 'SUB': {
        const exchange = session.oneWay(direction, view, line);
        this.#fill(exchange, name, words[1] ?? '');
        if (words.length > 3) exchange.attribute('messaging.consumer.group.name', words[2]);
        session.finish(exchange);
        break;
      }
      case 'PING':
        this.#fill(session.request(direction, view, line), name, '');
        break;
      case 'PONG':
        this.#answer(direction, view, line);
        break;
      case '-ERR': {
        const exchange = session.oneWay(direction, view, line);
        this.#fill(exchange, name, '');
        exchange.response_exception = shown.slice(5).replaceAll("'", '');
        exchange.response_status = statusOfError(exchange.response_exception);
        session.finish(exchange);
      }
    }
  }

  #answer(direction: Direction, view: View, line: number): void {
    const { session } = this.#context;
    if (session.queued(direction === 0 ? 1 : 0) === 0) return;
    const exchange = session.response(direction, view, line);
    exchange.response_status = 'ok';
    session.finish(exchange);
  }

  #fill(exchange: Exchange, name: string, subject: string): void {
    exchange.request_type = name;
    exchange.version = this.#version;
    exchange.request_domain = this.#server;
    exchange.request_resource = subject;
    exchange.endpoint = subject.split('.', 1)[0];
  }
}

function sizeOf(word: string | undefined): number {
  if (word === undefined || !/^\d{1,9}$/.test(word)) return -1;
  const size = Number(word);
  return size <= MAX_PAYLOAD ? size : -1;
}
