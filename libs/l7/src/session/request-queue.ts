import type { Exchange } from './exchange.ts';

/**
 * Open requests in the order in which they were sent, oldest first. One that was given up leaves an empty place, so that
 * its late response is not taken for the next one's.
 */
export class RequestQueue {
  /** Room for one, as most connections have one at a time: pushing to an empty array would make room for 17. */
  #places: (Exchange | null)[] = [null];
  #head = 0;
  #tail = 0;

  get size(): number {
    return this.#tail - this.#head;
  }

  push(exchange: Exchange): void {
    this.#places[this.#tail++] = exchange;
  }

  /** The oldest; null if it was given up, undefined if there is none. */
  peek(): Exchange | null | undefined {
    return this.#head < this.#tail ? this.#places[this.#head] : undefined;
  }

  shift(): Exchange | null | undefined {
    if (this.#head === this.#tail) return undefined;
    const exchange = this.#places[this.#head];
    this.#places[this.#head++] = null;
    if (this.#head === this.#tail) {
      this.#head = this.#tail = 0;
      if (this.#places.length > 64) this.#places = [null];
    } else if (this.#head === 1024) {
      this.#places.splice(0, 1024);
      this.#tail -= 1024;
      this.#head = 0;
    }
    return exchange;
  }

  /** Takes a request out; with `keepPlace` its response is still expected. */
  remove(exchange: Exchange, keepPlace: boolean): void {
    if (!keepPlace && this.peek() === exchange) {
      this.shift();
      return;
    }
    const at = this.#places.indexOf(exchange, this.#head);
    if (at < 0 || at >= this.#tail) return;
    if (keepPlace) this.#places[at] = null;
    else {
      this.#places.splice(at, 1);
      this.#tail--;
    }
  }

  /** All of them that were not given up, oldest first; the queue is empty afterwards. */
  drain(): Exchange[] {
    const rest = this.#places.slice(this.#head, this.#tail).filter((exchange) => exchange !== null);
    this.#places = [null];
    this.#head = this.#tail = 0;
    return rest;
  }
}
