import { type Direction, opposite } from '../direction.ts';
import type { View } from '../engine/view.ts';
import { Exchange, ExchangeState, type Status } from './exchange.ts';
import { OpenById } from './open-by-id.ts';
import { RequestQueue } from './request-queue.ts';
import type { WaitingList } from './waiting-list.ts';

export type RequestId = number | string;

/** What a session tells its connection. */
export interface SessionEvents {
  asked(exchange: Exchange): void;
  answered(exchange: Exchange): void;
  timedOut(exchange: Exchange): void;
  complete(exchange: Exchange): void;
}

/** What a session keeps of one direction: the open requests that are paired by order, and what is below. One object, as most connections rest. */
class Half extends RequestQueue {
  /** Those with an id; null before there was one. */
  byId: OpenById | null = null;
  /** Whose message is passing in this direction at present. */
  passing: Exchange | null = null;
  responsesLost = false;
}

/**
 * Requests and responses of one connection. A conversation reports each message where it starts, with its whole length as
 * far as it is known; times, sequence numbers and pairing are done here:
 *
 *     const exchange = session.request(direction, view, length);        // paired by order, or with an id by id
 *     exchange.request_type = ...
 *
 *     const exchange = session.response(direction, view, length);       // the one that waits longest, or a lone response
 *     exchange.response_code = ...
 *     session.finish(exchange);                                         // emitted once the last byte has passed
 *
 * Of a message whose length is not known at its start the parts that follow are reported with `more`.
 */
export class Session {
  /** Protocol name of exchanges to come. */
  protocol = '';
  isTls = false;
  /** Open requests of all connections with the same time-out. */
  waiting: WaitingList;
  readonly #events: SessionEvents;
  readonly #maxOpen: number;
  readonly #half0 = new Half();
  readonly #half1 = new Half();

  constructor(waiting: WaitingList, maxOpen: number, events: SessionEvents) {
    this.waiting = waiting;
    this.#maxOpen = maxOpen;
    this.#events = events;
  }

  #half(direction: Direction): Half {
    return direction === 0 ? this.#half0 : this.#half1;
  }

  /** A request starts at `view.start` and is `length` bytes long. With an id it replaces an open one of that id. */
  request(direction: Direction, view: View, length: number, id?: RequestId): Exchange {
    const exchange = this.#begin(direction, view, length);
    exchange.session = this;
    if (id === undefined) {
      const queue = this.#half(direction);
      if (queue.size >= this.#maxOpen) for (const old of queue.drain()) this.#giveUp(old, 'unknown');
      queue.push(exchange);
    } else {
      const byId = (this.#half(direction).byId ??= new OpenById());
      const before = byId.get(id) ?? (byId.size >= this.#maxOpen ? byId.old : undefined);
      if (before !== undefined) this.giveUp(before, 'unknown');
      exchange.id = id;
      byId.add(exchange);
    }
    this.waiting.add(exchange);
    this.#events.asked(exchange);
    return exchange;
  }

  /** A message without a response starts at `view.start`. Fill it, then `finish` it. */
  oneWay(direction: Direction, view: View, length: number): Exchange {
    const exchange = this.#begin(direction, view, length);
    exchange.is_one_way = true;
    exchange.response_status = 'ok';
    this.#events.asked(exchange);
    return exchange;
  }

  /** A message of a kind that only sometimes has a response starts at `view.start`: a `request` or `oneWay`. */
  ask(isAnswered: boolean, direction: Direction, view: View, length: number, id?: RequestId): Exchange {
    return isAnswered ? this.request(direction, view, length, id) : this.oneWay(direction, view, length);
  }

  /**
   * A response starts at `view.start`: to the open request with that id or, without id, to the one that waits longest.
   * Where there is none, to a request that was not seen. It stays open (and is found again) until `finish`.
   */
  response(direction: Direction, view: View, length: number, id?: RequestId): Exchange {
    const client = opposite(direction);
    if (this.#half(direction).responsesLost) this.#catchUp(direction, client);
    const asked = this.#half(client);
    const found = id === undefined ? asked.peek() : asked.byId?.get(id);
    if (found) {
      if (found.has_response) this.more(direction, found, view, length);
      else this.#startResponse(found, direction, view, length);
      return found;
    }
    const exchange = new Exchange(this.protocol, client);
    exchange.is_tls = this.isTls;
    exchange.start_us = view.timeAt(view.start);
    this.#startResponse(exchange, direction, view, length);
    if (found === null) {
      asked.shift();
      exchange.state = ExchangeState.emitted; // its request was timed out and reported before
    }
    return exchange;
  }

  /** The request of that id, or the one that waits longest, of the given client. */
  open(client: Direction, id?: RequestId): Exchange | undefined {
    const half = this.#half(client);
    return (id === undefined ? half.peek() : half.byId?.get(id)) ?? undefined;
  }

  /** How many requests of that client are open and paired by order. */
  queued(client: Direction): number {
    return this.#half(client).size;
  }

  /** `length` further bytes, from `view.start` on, belong to the message that this exchange has in that direction. */
  more(direction: Direction, exchange: Exchange, view: View, length: number): void {
    if (direction === exchange.client) exchange.request_bytes += length;
    else exchange.response_bytes += length;
    this.#pass(direction, exchange, view, length);
  }

  /** Nothing more follows: given to the sink as soon as the bytes reported last have passed. */
  finish(exchange: Exchange): void {
    if (exchange.state !== ExchangeState.open) return;
    this.#leave(exchange, false);
    if (exchange.has_response) this.#events.answered(exchange);
    const last = exchange.has_response ? opposite(exchange.client) : exchange.client;
    if (this.#half(last).passing === exchange) exchange.state = ExchangeState.finishing;
    else this.#emit(exchange);
  }

  /** Takes back a request that turned out to be none: no record. */
  forget(exchange: Exchange): void {
    this.#leave(exchange, false);
    exchange.state = ExchangeState.emitted;
  }

  /** Reports an open request without (the rest of) its response. */
  giveUp(exchange: Exchange, status: Status): void {
    if (exchange.state !== ExchangeState.open) return;
    this.#leave(exchange, true);
    this.#giveUp(exchange, status);
  }

  /** All bytes of a message that reached beyond its view have passed, the last of them at `timeUs`. */
  passed(direction: Direction, timeUs: number): void {
    const half = this.#half(direction);
    const exchange = half.passing;
    if (exchange === null) return;
    half.passing = null;
    this.#note(direction, exchange, timeUs);
    if (exchange.state === ExchangeState.finishing) this.#emit(exchange);
  }

  /**
   * Bytes of that direction are missing, perhaps whole responses. The next one there that is paired by order belongs to
   * the request asked last: true wherever a client waits for each response, and a guess where it does not.
   */
  responsesLost(direction: Direction): void {
    this.#half(direction).responsesLost = true;
  }

  /** The connection is over: reports everything that is open. */
  close(timeUs: number): void {
    for (const client of [0, 1] as const) {
      const half = this.#half(client);
      if (half.size === 0 && half.byId === null) continue;
      const open = [...half.drain(), ...(half.byId?.drain() ?? [])];
      for (const exchange of open) {
        const late = !exchange.has_response && timeUs - exchange.start_us >= this.waiting.timeoutUs;
        this.#giveUp(exchange, late ? 'timeout' : 'unknown');
      }
    }
  }

  #catchUp(direction: Direction, client: Direction): void {
    this.#half(direction).responsesLost = false;
    const queue = this.#half(client);
    while (queue.size > 1) {
      const old = queue.shift();
      if (old) this.#giveUp(old, 'unknown');
    }
  }

  #begin(direction: Direction, view: View, length: number): Exchange {
    const exchange = new Exchange(this.protocol, direction);
    exchange.is_tls = this.isTls;
    exchange.has_request = true;
    exchange.start_us = view.timeAt(view.start);
    exchange.req_tcp_seq = view.seqAt(view.start);
    exchange.request_bytes = length;
    this.#pass(direction, exchange, view, length);
    return exchange;
  }

  #startResponse(exchange: Exchange, direction: Direction, view: View, length: number): void {
    this.waiting.remove(exchange);
    exchange.has_response = true;
    exchange.responseStartUs = exchange.end_us = view.timeAt(view.start);
    exchange.resp_tcp_seq = view.seqAt(view.start);
    exchange.response_bytes = length;
    this.#pass(direction, exchange, view, length);
  }

  #pass(direction: Direction, exchange: Exchange, view: View, length: number): void {
    const end = view.start + length;
    if (end > view.end) {
      this.#half(direction).passing = exchange;
      this.#note(direction, exchange, view.timeUs);
    } else if (length > 0) this.#note(direction, exchange, view.timeAt(end - 1));
  }

  #note(direction: Direction, exchange: Exchange, timeUs: number): void {
    if (direction === exchange.client) {
      exchange.requestEndUs = timeUs;
      if (exchange.has_response) return;
    }
    exchange.end_us = timeUs;
  }

  #giveUp(exchange: Exchange, status: Status): void {
    exchange.waitsIn?.remove(exchange);
    if (exchange.has_response) this.#events.answered(exchange);
    else {
      exchange.response_status = status;
      if (status === 'timeout') this.#events.timedOut(exchange);
    }
    this.#emit(exchange);
  }

  #leave(exchange: Exchange, responseExpected: boolean): void {
    if (exchange.session === null) return;
    exchange.waitsIn?.remove(exchange);
    const half = this.#half(exchange.client);
    if (exchange.id === undefined) half.remove(exchange, responseExpected);
    else half.byId?.delete(exchange);
  }

  #emit(exchange: Exchange): void {
    exchange.state = ExchangeState.emitted;
    exchange.session = null;
    this.#events.complete(exchange);
  }
}
