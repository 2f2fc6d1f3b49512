/** Fewer records than this in one look, and the next one comes later; more than that, and it comes sooner. */
const FEW = 256;
const MANY = 1024;
/** While calls are not told, ms: what processes begin and end is all there is. */
const PAUSED_MS = 100;
const MIB = 1 << 20;

/**
 * How long the reader of a ring sleeps between two looks. A look costs as much as some ten records: where few come it is worth to
 * wait for more, but no longer than a ring of this size holds what comes meanwhile.
 */
export class Pace {
  readonly #longestMs: number;
  #ms = 1;

  constructor(ringBytes: number) {
    this.#longestMs = Math.min(ringBytes / MIB, 20);
  }

  /** ms until the next look, after one that found so many records. */
  after(records: number, isPaused: boolean): number {
    if (records === 0 && isPaused) return PAUSED_MS;
    if (records < FEW) this.#ms = Math.min(2 * this.#ms, this.#longestMs);
    else if (records > MANY) this.#ms = Math.max(this.#ms / 2, 1);
    return this.#ms;
  }
}
