import type { Exchange } from './exchange.ts';

/** Exchanges that became known, or got another observation, at the same time. */
interface Group {
  readonly dueUs: number;
  readonly exchanges: Exchange[];
}

/**
 * Exchanges in the order in which they become due. As every exchange waits equally long after its last observation, a
 * queue is enough: one that got another observation is put in again, and its older entry is passed over.
 */
export class DueQueue {
  readonly #groups: Group[] = [];
  /** How many of the first group are taken. */
  #taken = 0;

  push(exchange: Exchange, dueUs: number): void {
    if (exchange.dueUs === dueUs) return;
    exchange.dueUs = dueUs;
    const last = this.#groups[this.#groups.length - 1];
    if (last?.dueUs === dueUs) last.exchanges.push(exchange);
    else this.#groups.push({ dueUs, exchanges: [exchange] });
  }

  /** Takes out what is due by now. */
  take(nowUs: number): Exchange[] {
    return this.#take(nowUs, Number.POSITIVE_INFINITY);
  }

  /** Takes out so many, due or not. */
  takeOldest(count: number): Exchange[] {
    return this.#take(Number.POSITIVE_INFINITY, count);
  }

  #take(untilUs: number, count: number): Exchange[] {
    const due: Exchange[] = [];
    let done = 0;
    for (const { dueUs, exchanges } of this.#groups) {
      if (dueUs > untilUs) break;
      for (; this.#taken < exchanges.length && due.length < count; this.#taken++) {
        const exchange = exchanges[this.#taken];
        if (exchange.dueUs === dueUs && !exchange.isExported) due.push(exchange);
      }
      if (this.#taken < exchanges.length) break;
      this.#taken = 0;
      done++;
    }
    this.#groups.splice(0, done);
    return due;
  }
}
