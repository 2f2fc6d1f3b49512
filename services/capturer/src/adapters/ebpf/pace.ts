const LONGEST_MS = 10;
/** While calls are not told: what processes begin and end is all there is. */
const PAUSED_MS = 100;

/**
 * How long the reader of a ring sleeps between two looks: longer and longer while nothing comes, but no longer than a ring of 16 MiB
 * takes to fill. While something comes it looks each millisecond: to wait for more (20 ms) cost the laboratory causes in Node.js.
 */
export class Pace {
  #ms = 1;

  /** ms until the next look, after one that found so many records. */
  after(records: number, isPaused: boolean): number {
    if (records === 0 && isPaused) return PAUSED_MS;
    this.#ms = records > 0 ? 1 : Math.min(2 * this.#ms, LONGEST_MS);
    return this.#ms;
  }
}
