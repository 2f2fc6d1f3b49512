/** Bytes on their way to the broker; who adds to them waits its turn while there are too many. */
export class InFlight {
  readonly #maxBytes: number;
  #bytes = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A call larger than the bound goes alone. */
  async run<T>(bytes: number, call: () => Promise<T>): Promise<T> {
    while (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#bytes += bytes;
    try {
      return await call();
    } finally {
      this.#bytes -= bytes;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }
}
