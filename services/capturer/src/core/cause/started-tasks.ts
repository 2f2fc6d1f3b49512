import type { Maker } from './made-objects.ts';
import { Task } from './task.ts';
import { Trust } from './trust.ts';
import type { Work } from './work.ts';

/**
 * For whom a virtual thread was started: a thread that carries them runs several by turns, which it does not tell, so who acted
 * last on it may not be who started another one. What that was given confirms it, if its maker had made something of it before,
 * or denies it, if only others had. Where most are confirmed in a program, those are believed of whom nothing is known; where
 * most are denied, what was given tells alone, if all of it was made for one request.
 */
export class StartedTasks {
  readonly #trust = new Trust();

  /** @param given makers of what the task holds */
  cause(maker: Maker, given: readonly Maker[]): Work | undefined {
    if (!(maker.unit instanceof Task)) return maker.work; // its thread runs nothing else
    const works = given.flatMap((one) =>
      one !== maker && one.isSure && one.work?.isAnswered === false ? [one.work] : [],
    );
    if (works.length === 0) {
      return this.#trust.isBelieved ? maker.work : undefined;
    }
    const isRight = maker.work !== undefined && works.includes(maker.work);
    if (maker.work) this.#trust.tell(isRight);
    if (isRight && !this.#trust.isDoubtful) return maker.work;
    const [first, ...others] = works;
    return this.#trust.isWrong && others.every((work) => work === first) ? first : undefined;
  }
}
