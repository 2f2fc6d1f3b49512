const MAX_PROCESSES = 16_384;
/** What is refuted more often is not believed: a wrong cause is worse than none. */
const MOST_REFUTED = 0.02;

/** How often guesses of a process were confirmed by what their makers did next, and how often that told another cause. */
export class Trust {
  readonly #seen = new Map<number, { checked: number; refuted: number }>();

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
    return seen === undefined || seen.refuted <= seen.checked * MOST_REFUTED;
  }
}
