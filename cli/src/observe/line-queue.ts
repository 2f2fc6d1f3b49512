const maxWaiting = 10_000;

/** Lines between a producer that calls and a consumer that iterates. A producer that is too far ahead waits. */
export class LineQueue implements AsyncIterable<string> {
  #lines: string[] = [];
  #isEnded = false;
  #error: Error | undefined;
  #changed = Promise.withResolvers<void>();

  /** Resolves when there is room again. */
  async push(line: string): Promise<void> {
    if (this.#isEnded) return;
    this.#lines.push(line);
    this.#notify();
    while (this.#lines.length >= maxWaiting && !this.#isEnded) await this.#changed.promise;
  }

  /** No more lines; those that wait are still handed out. */
  end(): void {
    this.#isEnded = true;
    this.#notify();
  }

  fail(error: Error): void {
    this.#error = error;
    this.end();
  }

  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const lines = this.#lines;
      this.#lines = [];
      if (lines.length > 0) {
        this.#notify();
        yield* lines;
      } else if (this.#error) throw this.#error;
      else if (this.#isEnded) return;
      else await this.#changed.promise;
    }
  }
}
