/** Spans of time, [from, until) in µs since the epoch, in order and apart, in which a source was watched without a gap. */
export type Coverage = readonly (readonly [fromUs: number, untilUs: number])[];

export const everSince: Coverage = [[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]];

/**
 * For which times the local copy of the resources can be believed, and who waits for there to be more. What came and went
 * while nobody watched is not in it, now or ever: rows of such times are never sure.
 */
export class Knowledge {
  #sources: readonly Coverage[];
  #fromUs = 0;
  #untilUs = 0;
  #progress = Promise.withResolvers<void>();

  /** Without a source that says how far it has come, everything is known for good. */
  constructor(sources: readonly Coverage[] = [everSince]) {
    this.#sources = sources;
    this.set(sources);
  }

  /** All that happened lately before is in the copy, µs since the epoch; infinite where nothing more is to come. */
  get untilUs(): number {
    return this.#untilUs;
  }

  /** A source follows what happens: what is not known may become so. */
  get isLive(): boolean {
    return this.#untilUs !== Number.POSITIVE_INFINITY;
  }

  /** Whether all sources were watched at that time. */
  covers(timeUs: number): boolean {
    if (this.#fromUs <= timeUs && timeUs < this.#untilUs) return true;
    return this.#sources.every((coverage) =>
      coverage.some(([fromUs, untilUs]) => fromUs <= timeUs && timeUs < untilUs),
    );
  }

  /** Notes progress of the sources: resources changed, or it is known that they did not. */
  set(sources: readonly Coverage[]): void {
    this.#sources = sources;
    const last = sources.map((coverage) => coverage.at(-1) ?? ([0, Number.NEGATIVE_INFINITY] as const));
    this.#fromUs = Math.max(Number.NEGATIVE_INFINITY, ...last.map(([fromUs]) => fromUs));
    this.#untilUs = Math.min(Number.POSITIVE_INFINITY, ...last.map(([, untilUs]) => untilUs));
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }

  /** Nothing after that time is known any more. */
  lost(sinceUs: number): void {
    this.set(
      this.#sources.map((coverage) =>
        coverage
          .filter(([fromUs]) => fromUs < sinceUs)
          .map(([fromUs, untilUs]) => [fromUs, Math.min(untilUs, sinceUs)] as const),
      ),
    );
  }

  /** Resolves at the next progress, or after `ms`. */
  async next(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#progress.promise]);
    clearTimeout(timer);
  }
}

/** The coverage of a source that is known until then from its latest span on, without what is older than `forgetUs`. */
export function extended(coverage: Coverage, fromUs: number, untilUs: number, forgetUs: number): Coverage {
  const former = coverage.filter((span) => span[0] < fromUs && span[1] >= forgetUs);
  return [...former.map(([from, until]) => [from, Math.min(until, fromUs)] as const), [fromUs, untilUs]];
}
