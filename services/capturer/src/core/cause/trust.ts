/** So often must a rule have been confirmed, and of so many times be denied once at most, before it is believed. */
const FEWEST = 4;
const DENIED = 20;
/** What is presumed outweighs two denials. */
const PRESUMED = 2 * DENIED;
/** Denied once in so many times or more it is doubted even where something else agrees. */
const DOUBTED = 8;

/** So many calls at most wait for it. */
const MAX_WAITING = 1024;

/** What is surmised by a rule, and waits to be believed. */
interface Waiting {
  believe(): void;
}

/**
 * Whether a rule that need not hold in every program holds in this one: how often what it says was confirmed, or denied, by what is
 * known for sure.
 */
export class Trust {
  #confirmed = 0;
  #denied = 0;
  #waiting: Waiting[] = [];

  tell(isRight: boolean): void {
    if (isRight) this.#confirmed++;
    else this.#denied++;
    if (!this.isBelieved || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.believe();
  }

  /** It was right where every rule would be: it is believed for a start, until some deny it. */
  presume(): void {
    if (this.#confirmed < PRESUMED) this.tell(true);
  }

  /** Is told when the rule is believed, if that is not too late. */
  await(one: Waiting): void {
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(one);
  }

  get isBelieved(): boolean {
    return this.#confirmed >= FEWEST && this.#denied * DENIED <= this.#confirmed;
  }

  /** It was wrong too often to go by it, also where something else agrees. */
  get isDoubtful(): boolean {
    return this.#denied * DOUBTED > this.#confirmed;
  }

  /** It was wrong more often than right. */
  get isWrong(): boolean {
    return this.#denied > this.#confirmed;
  }
}
