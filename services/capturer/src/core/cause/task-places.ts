import { keep } from './keep.ts';

const MAX_PAIRS = 8192;
/** After so many calls all counts are halved: what was lately counts for more. */
const KEPT = 4096;
/** So many calls at least are known by a pair of places, and one in so many at most for several requests alike, or otherwise by another pair. */
const FEWEST = 16;
const UNCLEAR = 8;
/** Of those who had something there when they called, one in so many at most is not known by any pair. */
const UNKNOWN = 8;

/** Of a pair of places. */
interface Pair {
  clear: number;
  unclear: number;
  /** How often another one, which is clear more often, said something else. */
  contradicted: number;
}

/** Of a place of who calls: with something there, and how many of these are known by a pair. */
interface Caller {
  calls: number;
  known: number;
}

/**
 * Places in the frames of a loop that answers, and of a thread that calls, that hold the same: which of these pairs hold a task shows
 * where each call is for one of the open requests then, and hardly any for none. A place where the loop holds the task before, or
 * the next, is clear less often, and contradicts.
 */
export class TaskPlaces {
  readonly #pairs = new Map<number, Pair>();
  readonly #callers = new Map<number, Caller>();
  #calls = 0;

  /** A call has been made with something in these places. */
  holds(places: Iterable<number>): void {
    if (++this.#calls % KEPT === 0) this.#halve();
    for (const place of places) {
      const caller = this.#callers.get(place) ?? keep(this.#callers, place, { calls: 0, known: 0 }, MAX_PAIRS);
      caller.calls++;
    }
  }

  /** It may have been for one request by that pair, or for several. */
  saw(pair: number, isClear: boolean): void {
    const counts =
      this.#pairs.get(pair) ?? keep(this.#pairs, pair, { clear: 0, unclear: 0, contradicted: 0 }, MAX_PAIRS);
    if (isClear) counts.clear++;
    else counts.unclear++;
  }

  contradicted(pair: number): void {
    const counts = this.#pairs.get(pair);
    if (counts) counts.contradicted++;
  }

  /** How many calls are clear by it; 0: it is not to be trusted. */
  weight(pair: number): number {
    const counts = this.#pairs.get(pair);
    if (counts === undefined || counts.clear < FEWEST) return 0;
    const { clear, unclear, contradicted } = counts;
    return (unclear + contradicted) * UNCLEAR <= clear ? clear : 0;
  }

  /** A call with something in these places is known by pairs with them. */
  knows(places: Iterable<number>): void {
    for (const place of places) {
      const caller = this.#callers.get(place);
      if (caller) caller.known++;
    }
  }

  /** Whether hardly any call with something there is left out. */
  isTask(place: number): boolean {
    const { calls, known } = this.#callers.get(place) ?? { calls: 0, known: 0 };
    return (calls - known) * UNKNOWN <= calls;
  }

  #halve(): void {
    for (const counts of this.#pairs.values()) {
      counts.clear >>= 1;
      counts.unclear >>= 1;
      counts.contradicted >>= 1;
    }
    for (const caller of this.#callers.values()) {
      caller.calls >>= 1;
      caller.known >>= 1;
    }
  }
}
