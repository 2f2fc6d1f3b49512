/** So many are remembered, if it is not said: then all count for half. */
const KEPT = 256;

/** How often something was so, and how often not; what was lately counts for more. */
export class Tally {
  yes = 0;
  no = 0;
  readonly #kept: number;

  constructor(kept = KEPT) {
    this.#kept = kept;
  }

  get seen(): number {
    return this.yes + this.no;
  }

  saw(isSo: boolean): void {
    if (this.seen >= this.#kept) {
      this.yes >>= 1;
      this.no >>= 1;
    }
    if (isSo) this.yes++;
    else this.no++;
  }
}
