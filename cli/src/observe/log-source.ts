/** Where `observe` reads from. */
export interface LogSource {
  /**
   * Lines of JSON: first what is there, in the order of their times where that is cheap; then, with `follow`, what comes
   * until `signal` aborts. Throws a `Failure` where nothing can be read.
   */
  lines(options: LogSourceOptions): AsyncIterable<string>;
}

export interface LogSourceOptions {
  readonly follow: boolean;
  /** So many records of the past at most. */
  readonly last: number;
  readonly signal: AbortSignal;
}
