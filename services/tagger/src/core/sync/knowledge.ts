/** How far the local copy of the resources can be believed, and who waits for it to get further. */
export class Knowledge {
  #untilUs: number;
  #progress = Promise.withResolvers<void>();

  /** Without a source that says how far it has come, everything is known for good. */
  constructor(untilUs = Number.POSITIVE_INFINITY) {
    this.#untilUs = untilUs;
  }

  /** All that happened before is in the copy, µs since the epoch; infinite where nothing more is to come. */
  get untilUs(): number {
    return this.#untilUs;
  }

  /** A source follows what happens: what is not known may become so. */
  get isLive(): boolean {
    return this.#untilUs !== Number.POSITIVE_INFINITY;
  }

  /** Notes progress: resources changed, or it is known that they did not. */
  set(untilUs: number): void {
    this.#untilUs = untilUs;
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }

  /** Resolves at the next progress, or after `ms`. */
  async next(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#progress.promise]);
    clearTimeout(timer);
  }
}
