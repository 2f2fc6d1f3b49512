import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse, Verdict } from '../../protocol.ts';
import { CgiRequest } from '../fastcgi/request.ts';
import { Http1Conversation } from '../http1/conversation.ts';
import { Http1Shared } from '../http1/shared.ts';
import { detect } from './detect.ts';
import { HEADER_BYTES, readVars, varsBytes } from './packet.ts';

/** Of variables longer than this only the beginning is read. */
const MAX_READ = 32 * 1024;

/** One connection to a uWSGI server: requests in packets of their own, and their bodies; responses are those of HTTP/1. */
export class UwsgiConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #shared: Http1Shared;
  readonly #responses: Http1Conversation;
  #client: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
    this.#shared = Http1Shared.of(context.options);
    this.#responses = new Http1Conversation(context);
  }

  parse(direction: Direction, view: View): number {
    if (this.#client === opposite(direction)) return this.#responses.parse(direction, view);
    const verdict = detect(view.bytes, view.start, view.end);
    if (verdict === Verdict.no && this.#client === -1) return this.#responses.parse(direction, view);
    return this.#request(direction, view, verdict);
  }

  gap(direction: Direction, bytes: number): boolean {
    return direction !== this.#client && this.#responses.gap(direction, bytes);
  }

  ended(direction: Direction): void {
    if (direction !== this.#client) this.#responses.ended(direction);
  }

  close(): void {
    this.#responses.close();
  }

  #request(direction: Direction, view: View, verdict: Verdict): number {
    const { bytes, start, end, missing } = view;
    if (verdict === Verdict.no) return Parse.lost;
    if (verdict !== Verdict.sure) return Parse.needMore;
    const headBytes = HEADER_BYTES + varsBytes(bytes, start);
    if (view.length < Math.min(headBytes, MAX_READ) && missing === 0) return Parse.needMore;
    this.#client = direction;
    const { session, options } = this.#context;
    const request = new CgiRequest(this.#shared, options);
    let bodyBytes = 0;
    const wants = (name: string): boolean => name === 'CONTENT_LENGTH' || request.wants(name);
    readVars(bytes, start + HEADER_BYTES, Math.min(end, start + headBytes), wants, (name, value) => {
      if (name === 'CONTENT_LENGTH') bodyBytes = /^\d{1,15}$/.test(value) ? Number(value) : 0;
      else request.set(name, value);
    });
    const exchange = session.request(direction, view, headBytes + bodyBytes);
    request.describe(exchange);
    return headBytes + bodyBytes;
  }
}
