import type { Attributes } from '@flowloom/otlp';

export interface Series<T> {
  readonly attributes: Attributes;
  readonly startUs: number;
  lastUs: number;
  readonly data: T;
}

/** OpenTelemetry SDK specification, "Cardinality limits". */
export const overflowAttributes: Attributes = { 'otel.metric.overflow': true };

/**
 * Series by their attributes: never more than `maxSeries` and one for all that came too late, so that addresses and
 * paths of strangers cannot use up the memory. A series that nothing changes for `idleUs` ends and makes room.
 */
export class SeriesTable<T> {
  readonly #series = new Map<string, Series<T>>();
  readonly #maxSeries: number;
  readonly #idleUs: number;
  readonly #create: () => T;
  #overflow: Series<T> | undefined;

  constructor(options: { maxSeries: number; idleUs: number }, create: () => T) {
    this.#maxSeries = options.maxSeries;
    this.#idleUs = options.idleUs;
    this.#create = create;
  }

  get size(): number {
    return this.#series.size;
  }

  get hasOverflow(): boolean {
    return this.#overflow !== undefined;
  }

  /** The series with these attributes, touched at `nowUs`. */
  get(attributes: Attributes, nowUs: number): T {
    const key = JSON.stringify(attributes);
    let series = this.#series.get(key);
    if (!series) {
      if (this.#series.size >= this.#maxSeries) {
        series = this.#overflow ??= this.#begin(overflowAttributes, nowUs);
      } else this.#series.set(key, (series = this.#begin(attributes, nowUs)));
    }
    series.lastUs = nowUs;
    return series.data;
  }

  /** All series; those that have been idle are left out and forgotten. */
  collect(nowUs: number): Series<T>[] {
    for (const [key, series] of this.#series) if (nowUs - series.lastUs > this.#idleUs) this.#series.delete(key);
    return this.#overflow ? [...this.#series.values(), this.#overflow] : [...this.#series.values()];
  }

  #begin(attributes: Attributes, startUs: number): Series<T> {
    return { attributes, startUs, lastUs: startUs, data: this.#create() };
  }
}
