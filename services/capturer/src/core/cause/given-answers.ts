import type { Call } from './call.ts';
import type { Work } from './work.ts';

/** Of more that one read brings nothing is said. */
const MAX_ANSWERS = 512;

/** Who gets it has asked for what was answered. */
export class GivenAnswer {
  #calls: readonly Call[] = [];
  #work: Work | undefined;

  /** It is the answer to those calls. */
  answers(calls: readonly Call[]): void {
    this.#calls = calls;
    if (this.#work) this.#tells(this.#work);
  }

  /** Who takes it works on that. */
  isTakenFor(work: Work): void {
    this.#work = work;
    this.#tells(work);
  }

  #tells(work: Work): void {
    for (const call of this.#calls) call.claim(work, 'wake_back');
  }
}

/**
 * Answers that a goroutine reads on a connection which all share, and gives to those who wait for them, through a channel of each (rueidis,
 * say): in the order in which they came. Who asks for several things at once is given one for all: where that is so fewer are given than came.
 */
export class GivenAnswers {
  #calls: Call[] = [];
  #given: GivenAnswer[] = [];
  #event = 0;
  /** Nothing was under way any more on the connection when all that one read had brought was there. */
  #areAll = false;

  /** The answer to that call has come whole in the event of that number. `isLast`: there is none under way any more. */
  come(call: Call, event: number, isLast: boolean): void {
    if (event !== this.#event) this.#settle();
    this.#event = event;
    this.#areAll = isLast;
    if (this.#calls.length < MAX_ANSWERS) this.#calls.push(call);
  }

  /** Something is given to whoever waits for it. */
  give(): GivenAnswer {
    const given = new GivenAnswer();
    if (this.#given.length < MAX_ANSWERS) this.#given.push(given);
    const { length } = this.#calls;
    if (this.#given.length === length) for (const [i, one] of this.#given.entries()) one.answers([this.#calls[i]]);
    return given;
  }

  /** All are given that will be. */
  #settle(): void {
    if (this.#given.length === 1 && this.#calls.length > 1 && this.#areAll) this.#given[0].answers(this.#calls);
    this.#calls = [];
    this.#given = [];
  }
}
