/** A clock that stands still until it is moved; milliseconds since the epoch. */
export class FakeClock {
  #nowMs: number;
  readonly #waiting: { atMs: number; resolve: () => void }[] = [];

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Resolves when the clock has been moved that far, or at once when the signal is or gets aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ atMs: this.#nowMs + ms, resolve });
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Moves on and wakes the sleepers in the order of their times; each runs before the clock goes further. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#nowMs = next.atMs;
      next.resolve();
      await new Promise(setImmediate);
    }
    this.#nowMs = end;
  }

  #next(end: number) {
    this.#waiting.sort((a, b) => a.atMs - b.atMs);
    return this.#waiting.length > 0 && this.#waiting[0].atMs <= end ? this.#waiting.shift() : undefined;
  }
}
