import type { Call } from './call.ts';

/** Calls of answered requests whose cause was guessed: something may confirm it for one to two seconds. */
export class Guesses {
  #ofThisSecond: Call[] = [];
  #before: Call[] = [];

  add(calls: readonly Call[]): void {
    this.#ofThisSecond.push(...calls);
  }

  /** Once a second. */
  tick(): void {
    for (const call of this.#before) call.giveUp();
    this.#before = this.#ofThisSecond;
    this.#ofThisSecond = [];
  }
}
