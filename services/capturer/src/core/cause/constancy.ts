import type { Call } from './call.ts';
import type { Work } from './work.ts';

/** So many answers that fit make up for one that does not, and no more are counted. */
const MAKE_UP = 20;
const WORST = -10 * MAKE_UP;

/**
 * Whether threads of a program stay with a request until they answer it. Where each call is a task of its own (OkHttp's dispatcher, say),
 * who answers has called for other requests, too: for some before this one had come.
 */
export class Constancy {
  #score = 0;

  /** A thread answers that, and has called so since it answered last. */
  answers(work: Work, calls: readonly Call[]): void {
    if (calls.length < 2) return;
    const fits = calls.every(({ startUs }) => startUs >= work.startUs);
    this.#score = fits ? Math.min(MAKE_UP, this.#score + 1) : Math.max(WORST, this.#score - MAKE_UP);
  }

  get isKept(): boolean {
    return this.#score >= 0;
  }
}
