/** How windows lie in time. */
export interface WindowTimes {
  /** A window begins at every multiple of this, wall clock: on all hosts at once, so that a trace lies in the windows of each. */
  readonly periodUs: number;
  /** So long before a window everything is looked at already: who works on what is known when it begins. */
  readonly leadUs: number;
  /** So long behind it the answers to its requests are still waited for. */
  readonly tailUs: number;
}

export const defaultTimes: WindowTimes = { periodUs: 15_000_000, leadUs: 100_000, tailUs: 200_000 };

/**
 * When requests are seen, while there is no CPU for all of them: in windows, and then all that begin, since of a trace whose
 * requests were chosen one by one, or connection by connection, nothing whole is left.
 *
 * ```
 *       lead |   window: requests begin   | tail            lead |
 *   ---------|============================|------.................|=====
 *   nextUs:  ^ opens                      endUs  ^ closes         ^ opens
 * ```
 *
 * Pure: time is what the caller says, that of packets or the clock's.
 */
export class Windows {
  readonly #times: WindowTimes;
  #share = 1;
  #isOpen = true;
  #beginUs = Number.NEGATIVE_INFINITY;
  #endUs = Number.POSITIVE_INFINITY;
  #nextUs = Number.POSITIVE_INFINITY;

  constructor(times: WindowTimes = defaultTimes) {
    this.#times = times;
  }

  /** Whether anything is looked at: lead and tail count. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** `advance` changes nothing before this time, µs since the epoch. */
  get nextUs(): number {
    return this.#nextUs;
  }

  /** A request that began at that time is one of the window. */
  has(startUs: number): boolean {
    return startUs >= this.#beginUs && startUs < this.#endUs;
  }

  /** The exchange is one of the window. A response without its request is of one from before it. */
  shows({ start_us, has_request }: { readonly start_us: number; readonly has_request: boolean }): boolean {
    return this.has(start_us) && (has_request || this.#beginUs === Number.NEGATIVE_INFINITY);
  }

  /** From now on requests are seen for that share of the time, 0 to 1; always, where a window would fill its period. */
  setShare(share: number, nowUs: number): void {
    const { periodUs, leadUs, tailUs } = this.#times;
    const lengthUs = share * periodUs;
    this.#share = lengthUs + leadUs + tailUs >= periodUs ? 1 : share;
    if (!this.#isOpen) {
      if (this.#share === 1) this.#nextUs = nowUs;
    } else if (this.#share === 1) {
      this.#endUs = this.#nextUs = Number.POSITIVE_INFINITY;
    } else {
      const beginUs = this.#beginUs > nowUs ? this.#beginUs : Math.floor(nowUs / periodUs) * periodUs;
      this.#endUs = Math.min(this.#endUs, Math.max(nowUs, beginUs + lengthUs));
      this.#nextUs = this.#endUs + tailUs;
    }
  }

  /** The window ends here and now: there is no room for more. */
  cutShort(nowUs: number): void {
    if (!this.#isOpen || this.#nextUs === Number.POSITIVE_INFINITY) return;
    this.#endUs = Math.min(this.#endUs, nowUs);
    this.#nextUs = Math.min(this.#nextUs, nowUs);
  }

  /**
   * Opens or closes what is due. True where that has changed; `has` still knows the window that was closed. A clock that was set
   * back makes it plan anew.
   */
  advance(nowUs: number): boolean {
    const { periodUs, leadUs, tailUs } = this.#times;
    const isSetBack = this.#nextUs - nowUs > periodUs + tailUs && this.#nextUs !== Number.POSITIVE_INFINITY;
    if (nowUs < this.#nextUs && !isSetBack) return false;
    if (this.#isOpen || isSetBack) {
      const hasClosed = this.#isOpen;
      this.#isOpen = false;
      this.#nextUs = Math.ceil((nowUs + leadUs) / periodUs) * periodUs - leadUs;
      return hasClosed;
    }
    const isWhole = this.#share === 1;
    const beginUs = isWhole ? nowUs + leadUs : Math.floor((nowUs + leadUs) / periodUs) * periodUs;
    const endUs = isWhole ? Number.POSITIVE_INFINITY : beginUs + this.#share * periodUs;
    if (nowUs >= endUs) {
      this.#nextUs = beginUs + periodUs - leadUs; // slept over it
      return false;
    }
    this.#isOpen = true;
    this.#beginUs = beginUs;
    this.#endUs = endUs;
    this.#nextUs = endUs + tailUs;
    return true;
  }
}
