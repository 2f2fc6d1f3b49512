/** So many of each are remembered: then all count for half. */
const KEPT = 256;
/** Of so many answers at least, half that are for another request than the one that has the turn are too many. */
const FEWEST_ANSWERS = 8;
const SURPRISES = 0.5;
/** Reading on before anything was done in one of so many cases is too often for a loop of which no answers tell yet. */
const LATE = 8;

/** How often something was done for a message of a kind before the next one was read in the same turn, and how often not. */
class Kind {
  #prompt = 0;
  #late = 0;
  /** In this turn it was not, and that is so too often. */
  isLate = false;

  /** It is known to be prompt. */
  get isPrompt(): boolean {
    return this.#prompt >= LATE && this.#late * LATE <= this.#prompt;
  }

  saw(isPrompt: boolean): void {
    if (this.#prompt + this.#late === KEPT) {
      this.#prompt >>= 1;
      this.#late >>= 1;
    }
    if (isPrompt) this.#prompt++;
    else this.#late++;
    this.isLate ||= this.#late * LATE > this.#prompt;
  }
}

/** Whether a loop does at once what follows from what it reads, or reads all first and does later what follows, in an order of its own. */
export class Promptness {
  #answers = 0;
  #surprises = 0;
  readonly #requestsRead = new Kind();
  readonly #answersRead = new Kind();
  /** Of what it read last. */
  #kind = this.#requestsRead;
  /** It has done something since it read. */
  #hasActed = true;

  /** Whether what it does now is for what it read last. As long as its answers do not tell, what this turn is like does. */
  get isInOrder(): boolean {
    if (this.#answers >= FEWEST_ANSWERS) return this.#surprises <= SURPRISES * this.#answers;
    if (this.#kind.isLate) return false;
    return this.#kind.isPrompt || !(this.#requestsRead.isLate || this.#answersRead.isLate);
  }

  turnsOver(): void {
    this.#requestsRead.isLate = false;
    this.#answersRead.isLate = false;
    this.#hasActed = true;
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

  /** It answers a request; that is the one that has the turn, or not. */
  answers(isExpected: boolean): void {
    if (this.#answers === KEPT) {
      this.#answers >>= 1;
      this.#surprises >>= 1;
    }
    this.#answers++;
    if (!isExpected) this.#surprises++;
  }
}
