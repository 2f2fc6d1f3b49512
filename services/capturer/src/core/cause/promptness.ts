import { Tally } from './tally.ts';

/** Of so many answers at least, half that are for another request than the one that has the turn are too many. */
const FEWEST_ANSWERS = 8;
/** Of so many deeds at least one in eight must have been put off. */
const FEWEST_DEFERRED = 4;
/** Deeds that tell so: when a program is asked by many at once it begins to put off. */
const LATELY = 64;
/** Reading on before anything was done, or doing what was put off, in one of so many cases is too often to go by turns alone. */
const LATE = 8;

/** How often something was done for a message of a kind before the next one was read in the same turn. */
class Kind {
  readonly #prompt = new Tally();
  /** In this turn it was not, and that is so too often. */
  isLate = false;

  /** It is known to be prompt. */
  get isPrompt(): boolean {
    return this.#prompt.yes >= LATE && this.#prompt.no * LATE <= this.#prompt.yes;
  }

  saw(isPrompt: boolean): void {
    this.#prompt.saw(isPrompt);
    this.isLate ||= this.#prompt.no * LATE > this.#prompt.yes;
  }
}

/** Whether a loop does at once what follows from what it reads, or reads all first and does later what follows, in an order of its own. */
export class Promptness {
  /** Whether answers were for the request that had the turn, where there were several, and where that was the only one. */
  readonly #several = new Tally();
  readonly #only = new Tally();
  /** Whether what it did was put off: nothing had been read in that turn. In the long run, and lately. */
  readonly #deferred = [new Tally(), new Tally(LATELY)] as const;
  readonly #requestsRead = new Kind();
  readonly #answersRead = new Kind();
  /** Of what it read last. */
  #kind = this.#requestsRead;
  /** It has done something since it read. */
  #hasActed = true;

  /** Whether what it does now is for what it read last. As long as its answers do not tell, what this turn is like does. */
  get isInOrder(): boolean {
    if (this.#deferred.some(isOften)) return false;
    if (this.#several.seen >= FEWEST_ANSWERS) return areExpected(this.#several);
    if (this.#only.seen >= FEWEST_ANSWERS) return areExpected(this.#only);
    if (this.#kind.isLate) return false;
    return this.#kind.isPrompt || !(this.#requestsRead.isLate || this.#answersRead.isLate);
  }

  turnsOver(): void {
    this.#requestsRead.isLate = false;
    this.#answersRead.isLate = false;
    this.#hasActed = true;
  }

  /** It calls or answers; `isDeferred`: though it has read nothing in this turn, and no timer was due. */
  does(isDeferred: boolean): void {
    for (const tally of this.#deferred) tally.saw(isDeferred);
  }

  /** It does something for whoever it works for. */
  acts(): void {
    this.#hasActed = true;
  }

  /** It reads a message; `expectsMore`: something should have come of another one that it read before in this turn. */
  reads(isRequest: boolean, expectsMore: boolean): void {
    if (expectsMore) this.#kind.saw(this.#hasActed);
    this.#kind = isRequest ? this.#requestsRead : this.#answersRead;
    this.#hasActed = false;
  }

  /** It answers a request; that is the one that has the turn, or not. Where it had no other one that says little. */
  answers(isExpected: boolean, isOnly: boolean): void {
    (isOnly ? this.#only : this.#several).saw(isExpected);
  }
}

const isOften = ({ yes, seen }: Tally): boolean => yes >= FEWEST_DEFERRED && yes * LATE > seen;
const areExpected = ({ yes, no }: Tally): boolean => no <= yes;
