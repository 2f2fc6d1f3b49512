import type { Call } from './call.ts';
import type { Work } from './work.ts';

/** Of more that one read brings nothing is said. */
const MAX_ANSWERS = 512;

/** Whom a task has woken, and for which request of its own that one worked then. */
export interface Woken<T> {
  readonly task: T;
  readonly work: Work | undefined;
}

export interface Pair<T> {
  readonly call: Call;
  readonly waiting: Woken<T>;
}

/** Calls whose answers a task has read last, in their order, and the tasks that it has woken since: those that had waited. */
export class AnswersRead<T> {
  calls: Call[] = [];
  #woken: Woken<T>[] = [];

  get isFirst(): boolean {
    return this.#woken.length === 0;
  }

  add(call: Call): void {
    if (this.calls.length < MAX_ANSWERS && !this.calls.includes(call)) this.calls.push(call);
  }

  wakes(task: T, work: Work | undefined): void {
    if (this.#woken.length < 2 * MAX_ANSWERS) this.#woken.push({ task, work });
  }

  clear(): void {
    if (this.calls.length > 0) this.calls = [];
    if (this.#woken.length > 0) this.#woken = [];
  }

  /** Those that it has woken. */
  get tasks(): readonly T[] {
    return this.#woken.map(({ task }) => task);
  }

  /**
   * Who waited for which of several: as many are woken as answers were read, each in its turn. One may be woken more than once for
   * the same, which is known only when it `isOver`. None where it is not clear.
   */
  pairs(isOver: boolean): readonly Pair<T>[] {
    const { length } = this.calls;
    if (length < 2 || this.#woken.length < length) return [];
    const once = this.#woken.filter(({ task }, i) => task !== this.#woken[i - 1]?.task);
    if (!isOver && once.length < this.#woken.length) return [];
    const waiting = this.#woken.length === length ? this.#woken : once;
    return waiting.length === length ? this.calls.map((call, i) => ({ call, waiting: waiting[i] })) : [];
  }
}
