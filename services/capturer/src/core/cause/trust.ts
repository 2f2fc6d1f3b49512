const MAX_PROCESSES = 16_384;
/** One may be chance. */
const FEWEST_REFUTED = 3;

/** How often guesses of a process were confirmed by what their makers did next, and how often that told another cause. */
export class Trust {
  readonly #mostRefuted: number;
  readonly #seen = new Map<number, { checked: number; refuted: number }>();

  /** @param mostRefuted share; what is refuted more often is not believed: a wrong cause is worse than none */
  constructor(mostRefuted: number) {
    this.#mostRefuted = mostRefuted;
  }

  check(pid: number, isRight: boolean): void {
    let seen = this.#seen.get(pid);
    if (seen === undefined) {
      if (this.#seen.size >= MAX_PROCESSES) this.#seen.clear();
      seen = { checked: 0, refuted: 0 };
      this.#seen.set(pid, seen);
    }
    seen.checked++;
    if (!isRight) seen.refuted++;
  }

  /** Whether its guesses may stand where nothing confirms them. */
  isBelieved(pid: number): boolean {
    const seen = this.#seen.get(pid);
    if (seen === undefined || seen.refuted < FEWEST_REFUTED) return true;
    return seen.refuted <= seen.checked * this.#mostRefuted;
  }
}
