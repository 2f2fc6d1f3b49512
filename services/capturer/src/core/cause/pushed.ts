import type { Work } from './work.ts';

/** Of one read. */
const MAX_MESSAGES = 256;
/** Into which objects are put afterwards; of others nothing is said. */
const MAX_QUEUES = 16;

/**
 * Messages that a broker pushed in one read. Who puts them into a queue does so in their order, and before it takes any out: so the
 * place in it tells which one is meant.
 */
export class Pushed {
  /** When they were read. */
  readonly timeUs: number;
  readonly #works: Work[] = [];
  /** How many objects were put in since, by queue. */
  readonly #puts = new Map<string, number>();
  /** Out of which who had read them has taken something since: what it puts there is something else, a connection that it has used. */
  readonly #taken = new Set<string>();

  constructor(timeUs: number) {
    this.timeUs = timeUs;
  }

  get areSeveral(): boolean {
    return this.#works.length > 1;
  }

  add(work: Work): void {
    if (this.#works.length < MAX_MESSAGES) this.#works.push(work);
  }

  /** Who had read them takes something out. */
  takes(queue: string): void {
    if (this.#taken.size < MAX_QUEUES) this.#taken.add(queue);
  }

  /** An object is put in. Returns its place there; undefined: it is none of these messages. */
  puts(queue: string): number | undefined {
    if (this.#taken.has(queue)) return undefined;
    const place = this.#puts.get(queue) ?? 0;
    if (place > 0 || this.#puts.size < MAX_QUEUES) this.#puts.set(queue, place + 1);
    return place;
  }

  /** The message at that place, if the queue got as many objects as there were messages. */
  at(queue: string, place: number): Work | undefined {
    return this.#puts.get(queue) === this.#works.length ? this.#works[place] : undefined;
  }
}
