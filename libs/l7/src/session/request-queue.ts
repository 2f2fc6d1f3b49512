import type { Exchange } from './exchange.ts';

/**
 * Open requests in the order in which they were sent, oldest first. One that was given up leaves an empty place (null), so that
 * its late response is not taken for the next one's. The first has a field of its own: most connections never have two.
 */
export class RequestQueue {
  /** undefined: there is none. */
  #first: Exchange | null | undefined = undefined;
  #others: Places | null = null;

  get size(): number {
    if (this.#first === undefined) return 0;
    return this.#others === null ? 1 : 1 + this.#others.size;
  }

  push(exchange: Exchange): void {
    if (this.#first === undefined) this.#first = exchange;
    else (this.#others ??= new Places()).push(exchange);
  }

  /** The oldest; null if it was given up, undefined if there is none. */
  peek(): Exchange | null | undefined {
    return this.#first;
  }

  shift(): Exchange | null | undefined {
    const first = this.#first;
    this.#first = this.#others === null ? undefined : this.#others.shift();
    return first;
  }

  /** Takes a request out; with `keepPlace` its response is still expected. */
  remove(exchange: Exchange, keepPlace: boolean): void {
    if (this.#first !== exchange) this.#others?.remove(exchange, keepPlace);
    else if (keepPlace) this.#first = null;
    else this.shift();
  }

  /** All of them that were not given up, oldest first; the queue is empty afterwards. */
  drain(): Exchange[] {
    const all: Exchange[] = [];
    while (this.#first !== undefined) {
      const exchange = this.shift();
      if (exchange) all.push(exchange);
    }
    this.#others = null;
    return all;
  }
}

/** Those behind the first, in an array whose used part moves. */
class Places {
  #places: (Exchange | null)[] = [];
  #head = 0;

  get size(): number {
    return this.#places.length - this.#head;
  }

  push(exchange: Exchange): void {
    this.#places.push(exchange);
  }

  shift(): Exchange | null | undefined {
    if (this.size === 0) return undefined;
    const exchange = this.#places[this.#head];
    this.#places[this.#head++] = null;
    if (this.size === 0) {
      // A long queue does not keep its memory.
      if (this.#places.length > 64) this.#places = [];
      else this.#places.length = 0;
      this.#head = 0;
    } else if (this.#head === 1024) {
      this.#places.splice(0, 1024);
      this.#head = 0;
    }
    return exchange;
  }

  remove(exchange: Exchange, keepPlace: boolean): void {
    const at = this.#places.indexOf(exchange, this.#head);
    if (at < 0) return;
    if (keepPlace) this.#places[at] = null;
    else this.#places.splice(at, 1);
  }
}
