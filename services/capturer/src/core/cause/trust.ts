/** So often must a rule have been confirmed, and of so many times be denied once at most, before it is believed. */
const FEWEST = 4;
const DENIED = 20;
/** Denied once in so many times or more it is doubted even where something else agrees. */
const DOUBTED = 8;

/**
 * Whether a rule that need not hold in every program holds in this one: how often what it says was confirmed, or denied, by what is
 * known for sure.
 */
export class Trust {
  #confirmed = 0;
  #denied = 0;

  tell(isRight: boolean): void {
    if (isRight) this.#confirmed++;
    else this.#denied++;
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
