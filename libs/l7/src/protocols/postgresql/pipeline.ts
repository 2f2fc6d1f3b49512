import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { Session } from '../../session/session.ts';

const MAX_OPEN = 4096;

/** A request that waits for its answer. */
export interface Waiting {
  /** The record; another one if the request was reported as timed out before its answer came. */
  exchange: Exchange;
  /** Which ReadyForQuery ends it. */
  readonly group: number;
  /** Ends with ReadyForQuery only: a simple query may have several results. */
  readonly simple: boolean;
  answered: boolean;
  /** CommandComplete has come. */
  complete: boolean;
}

/**
 * Requests of one connection in order. Those of the extended protocol up to a Sync are one group: an error in one of them
 * leaves the others without an answer, and ReadyForQuery ends the group (54.2.3, "Pipelining").
 */
export class Pipeline {
  readonly #session: Session;
  #open: Waiting[] = [];
  /** Groups that the client has begun and the server has ended. */
  #asked = 0;
  #ended = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  ask(direction: Direction, view: View, length: number, simple: boolean): Exchange {
    const exchange = this.#session.request(direction, view, length);
    if (this.#open.length >= MAX_OPEN) this.#open.length = 0;
    this.#open.push({ exchange, group: this.#asked, simple, answered: false, complete: false });
    return exchange;
  }

  /** The first request has got some of its answer. */
  get isAnswering(): boolean {
    return this.#open[0]?.answered === true;
  }

  get isIdle(): boolean {
    return this.#open.length === 0;
  }

  /** Takes back the last request. */
  forget(exchange: Exchange): void {
    if (this.#open.at(-1)?.exchange !== exchange) return;
    this.#open.pop();
    this.#session.forget(exchange);
  }

  /** The client has sent what ReadyForQuery answers. */
  sync(): void {
    this.#asked++;
  }

  /** A message of the server: to the request that it answers; undefined if none was seen. */
  answer(direction: Direction, view: View, length: number): Waiting | undefined {
    if (this.#open[0]?.complete && !this.#open[0].simple) this.finish();
    const first = this.#open[0];
    if (first === undefined) return undefined;
    if (first.answered) this.#session.more(direction, first.exchange, view, length);
    else {
      first.exchange = this.#session.response(direction, view, length);
      first.answered = true;
    }
    return first;
  }

  /** The first request has got all of its answer. */
  finish(): void {
    const first = this.#open.shift();
    if (this.#open.length === 0) this.#open = []; // a connection at rest holds no room for a pipeline
    if (first) this.#session.finish(first.exchange);
  }

  /** ReadyForQuery, which ends a group: requests behind an error were skipped by the server. */
  ready(direction: Direction, view: View): void {
    const first = this.#open[0];
    if (first === undefined) {
      if (this.#ended < this.#asked) this.#ended++; // others may be under way that hold no request
      return;
    }
    const { group } = first;
    if (!first.answered && group > this.#ended++) return; // of something before it
    this.#ended = group + 1;
    while (this.#open[0]?.group === group) {
      if (!this.#open[0].answered) this.#open[0].exchange = this.#session.response(direction, view, 0);
      this.finish();
    }
  }

  /** Bytes from the server are missing: only the last request may still be answered. */
  responsesLost(client: Direction): void {
    while (this.#open.length > 1 || this.#open[0]?.answered) this.finish();
    this.#ended = this.#open[0]?.group ?? this.#asked;
    this.#session.responsesLost(opposite(client));
  }

  close(): void {
    while (this.#open.length > 0 && this.#open[0].answered) this.finish();
  }
}
