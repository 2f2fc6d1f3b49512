import type { Exchange } from './exchange.ts';

/**
 * Exchanges in the order in which they become due. As every exchange waits equally long after its last observation, a
 * queue is enough: one that got another observation is put in again, and its older entry is passed over.
 */
export class DueQueue {
  #entries: { exchange: Exchange; dueUs: number }[] = [];
  #head = 0;

  push(exchange: Exchange, dueUs: number): void {
    if (exchange.dueUs === dueUs) return;
    exchange.dueUs = dueUs;
    this.#entries.push({ exchange, dueUs });
  }

  /** Takes out what is due by now. */
  take(nowUs: number): Exchange[] {
    return this.#take((dueUs) => dueUs <= nowUs);
  }

  /** Takes out so many, due or not. */
  takeOldest(count: number): Exchange[] {
    return this.#take((_, taken) => taken < count);
  }

  #take(wanted: (dueUs: number, taken: number) => boolean): Exchange[] {
    const due: Exchange[] = [];
    for (; this.#head < this.#entries.length; this.#head++) {
      const { exchange, dueUs } = this.#entries[this.#head];
      if (!wanted(dueUs, due.length)) break;
      if (dueUs === exchange.dueUs && !exchange.isExported) due.push(exchange);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return due;
  }
}
