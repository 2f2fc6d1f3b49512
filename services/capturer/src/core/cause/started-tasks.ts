import { keep } from './keep.ts';
import type { Maker } from './made-objects.ts';
import { Task } from './task.ts';
import { Trust } from './trust.ts';
import type { Work } from './work.ts';

/** So many objects at most are remembered that tasks hold beside those of other requests. */
const MAX_BESIDE = 1024;
/** What is held beside objects of so many times more requests than another one is is shared by tasks, and that is not. */
const SHARED_BY = 3;
/** Of so many requests at most. */
const MAX_WORKS = 64;

/** An object that a task was given. */
export interface Given {
  readonly address: number;
  readonly maker: Maker;
}

/**
 * For whom a virtual thread was started: a thread that carries them runs several by turns, which it does not tell, so who acted
 * last on it may not be who started another one. What that was given confirms it, if its maker had made something of it before,
 * or denies it, if only others had. Where most are confirmed in a program, those are believed of whom nothing is known. Where
 * most are denied nothing is said: what was given alone would be wrong for one in ten, once the program is compiled. Objects that
 * tasks of several requests hold say nothing. What happens while there is one request alone proves little.
 */
export class StartedTasks {
  readonly #trust = new Trust();
  /** Beside whose objects each was held, by its address. */
  #beside = new Map<number, Set<Work>>();
  #collections = 0;

  /** There is one request alone. */
  only({ unit, work }: Maker): Work | undefined {
    if (unit instanceof Task && work !== undefined) this.#trust.presume();
    return work;
  }

  /** @param given what the task holds, and who made it */
  cause(maker: Maker, given: readonly Given[], collections: number): Work | undefined {
    if (!(maker.unit instanceof Task)) return maker.work; // its thread runs nothing else
    if (collections !== this.#collections) this.#beside.clear(); // addresses are other ones
    this.#collections = collections;
    const own = given.filter((one) => one.maker !== maker && isOpen(one) && one.maker.order <= maker.order);
    const works = this.#rarest(own);
    if (works.size === 0) return this.#trust.isBelieved ? maker.work : undefined;
    const isKnown = works.size === 1;
    const isRight = maker.work !== undefined && works.has(maker.work);
    if (maker.work && isKnown) this.#trust.tell(isRight);
    return isRight && (isKnown ? !this.#trust.isDoubtful : this.#trust.isBelieved) ? maker.work : undefined;
  }

  /** For whom they were made; without those that tasks hold beside what was made for several others, if some are not so. */
  #rarest(given: readonly Given[]): ReadonlySet<Work> {
    const works = new Set(given.map(({ maker }) => maker.work!));
    if (works.size < 2) return works;
    for (const { address, maker } of given) {
      const beside = this.#beside.get(address) ?? keep(this.#beside, address, new Set(), MAX_BESIDE);
      for (const work of works) if (work !== maker.work && beside.size < MAX_WORKS) beside.add(work);
    }
    const besides = (work: Work): number =>
      Math.min(
        ...given.map(({ address, maker }) => (maker.work === work ? this.#beside.get(address)!.size : MAX_WORKS)),
      );
    const sorted = [...works].sort((one, other) => besides(one) - besides(other));
    const least = besides(sorted[0]);
    const others = sorted.slice(1);
    return others.every((work) => besides(work) >= SHARED_BY * least) ? new Set(sorted.slice(0, 1)) : works;
  }
}

const isOpen = ({ maker: { isSure, work } }: Given): boolean => isSure && work?.isAnswered === false;
