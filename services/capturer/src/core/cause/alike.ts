import type { Work } from './work.ts';

/** Open requests of a proxy that ask for the same, each of which it passes on once. */
export class Alike<Waiting extends Set<Work> | Map<Work, unknown>> {
  /** Those that have not been passed on, as far as is known. */
  readonly waiting: Waiting;
  /** Of these so many have, but which ones is not known. */
  #taken = 0;

  constructor(waiting: Waiting) {
    this.waiting = waiting;
  }

  /** That one is passed on; undefined: one of them, but which is not known. */
  passesOn(work: Work | undefined): void {
    if (work) this.waiting.delete(work);
    else this.#taken++;
  }

  answered(work: Work): void {
    if (this.waiting.delete(work) && this.#taken > 0) this.#taken--;
  }

  /** All have been passed on. */
  get isDone(): boolean {
    return this.#taken >= this.waiting.size;
  }
}
