import { type Meter, type Observable, metrics as otel } from '@opentelemetry/api';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { prometheusName } from './metric-name.ts';

export interface MetricOptions {
  /** Dotted, without the scope and the unit: `batch.duration`. */
  readonly name: string;
  readonly doc: string;
  /** UCUM: `s`, `By`, `1`, or an annotation such as `{row}`. */
  readonly unit?: string;
  readonly labels?: readonly string[];
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, ascending, in the unit. */
  readonly buckets?: readonly number[];
}

export interface Observation {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One value, or one for each set of labels. */
export type Observe = () => number | Iterable<Observation>;

export type Labels = Readonly<Record<string, string>>;

/** From 100 µs to 30 s. */
const secondBuckets = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * A service's own metrics, once for the Prometheus page (`flowloom_tagger_rows_total`) and once for OpenTelemetry
 * (`flowloom.tagger.rows`). The same name twice gives the same metric.
 */
export class Metrics {
  readonly #registry: Registry;
  readonly #meter: Meter;
  readonly #scope: string;

  /** `scope` is the service: `tagger`. */
  constructor(registry: Registry, scope: string) {
    this.#registry = registry;
    this.#scope = `flowloom.${scope}`;
    this.#meter = otel.getMeter(this.#scope);
  }

  counter(options: MetricOptions): (value: number, labels?: Labels) => void {
    const [name, labelNames] = this.#prometheus(options, '_total');
    const page = this.#registered(name) ?? new Counter({ ...this.#common(options, name), labelNames });
    const sent = this.#meter.createCounter(this.#otel(options), details(options));
    return (value, labels = {}) => {
      (page as Counter).inc(labels, value);
      sent.add(value, labels);
    };
  }

  histogram(options: HistogramOptions): (value: number, labels?: Labels) => void {
    const buckets = [...(options.buckets ?? secondBuckets)];
    const [name, labelNames] = this.#prometheus(options, '');
    const page = this.#registered(name) ?? new Histogram({ ...this.#common(options, name), labelNames, buckets });
    const sent = this.#meter.createHistogram(this.#otel(options), {
      ...details(options),
      advice: { explicitBucketBoundaries: buckets },
    });
    return (value, labels = {}) => {
      (page as Histogram).observe(labels, value);
      sent.record(value, labels);
    };
  }

  /** A value that is read when somebody looks. */
  gauge(options: MetricOptions, observe: Observe): void {
    new Gauge({
      ...this.#observed(options, ''),
      collect() {
        this.reset();
        for (const { value, labels } of observations(observe)) this.set(labels ?? {}, value);
      },
    });
    this.#observe(this.#meter.createObservableGauge(this.#otel(options), details(options)), observe);
  }

  /** A sum that the code keeps itself (a count of kernel drops, a field of a hot loop), read when somebody looks. */
  sum(options: MetricOptions, observe: Observe): void {
    new Counter({
      ...this.#observed(options, '_total'),
      collect() {
        this.reset();
        for (const { value, labels } of observations(observe)) this.inc(labels ?? {}, value);
      },
    });
    this.#observe(this.#meter.createObservableCounter(this.#otel(options), details(options)), observe);
  }

  #observed(options: MetricOptions, suffix: string) {
    const [name, labelNames] = this.#prometheus(options, suffix);
    this.#registry.removeSingleMetric(name);
    return { ...this.#common(options, name), labelNames };
  }

  #observe(instrument: Observable, observe: Observe): void {
    instrument.addCallback((result) => {
      for (const { value, labels } of observations(observe)) result.observe(value, labels);
    });
  }

  #registered(name: string) {
    return this.#registry.getSingleMetric(name);
  }

  #common({ doc }: MetricOptions, name: string) {
    return { name, help: doc, registers: [this.#registry] };
  }

  #prometheus({ name, unit, labels = [] }: MetricOptions, suffix: string): [string, string[]] {
    return [prometheusName(`${this.#scope}.${name}`, unit) + suffix, [...labels]];
  }

  #otel({ name }: MetricOptions): string {
    return `${this.#scope}.${name}`;
  }
}

function observations(observe: Observe): Iterable<Observation> {
  const seen = observe();
  return typeof seen === 'number' ? [{ value: seen }] : seen;
}

const details = ({ doc, unit }: MetricOptions) => ({ description: doc, unit });
