import type { Exchange } from './exchange.ts';

/**
 * Requests of all connections that wait for a response and share one time-out, oldest first: a doubly linked list through
 * the exchanges themselves, so joining and leaving cost a few assignments.
 */
export class WaitingList {
  readonly timeoutUs: number;
  size = 0;
  #oldest: Exchange | null = null;
  #newest: Exchange | null = null;

  constructor(timeoutMs: number) {
    this.timeoutUs = timeoutMs * 1000;
  }

  get oldest(): Exchange | null {
    return this.#oldest;
  }

  add(exchange: Exchange): void {
    exchange.waitsIn = this;
    exchange.older = this.#newest;
    if (this.#newest) this.#newest.newer = exchange;
    else this.#oldest = exchange;
    this.#newest = exchange;
    this.size++;
  }

  remove(exchange: Exchange): void {
    if (exchange.waitsIn !== this) return;
    const { older, newer } = exchange;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    exchange.older = exchange.newer = exchange.waitsIn = null;
    this.size--;
  }
}
