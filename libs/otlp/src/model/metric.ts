import type { Attributes, Resource, Scope } from './resource.ts';

/** opentelemetry/proto/metrics/v1/metrics.proto, AggregationTemporality. */
export const temporality = { delta: 1, cumulative: 2 } as const;
export type Temporality = (typeof temporality)[keyof typeof temporality];

export interface NumberPoint {
  readonly attributes: Attributes;
  /** Start of the interval that a sum covers. */
  readonly startUs?: number;
  readonly timeUs: number;
  readonly value: number;
}

export interface HistogramPoint {
  readonly attributes: Attributes;
  readonly startUs?: number;
  readonly timeUs: number;
  readonly count: number;
  readonly sum: number;
  readonly min?: number;
  readonly max?: number;
  /** Upper bounds (inclusive) of all buckets but the last. */
  readonly bounds: readonly number[];
  /** One more than bounds. */
  readonly bucketCounts: readonly number[];
}

/** How numbers are written: `int` as sfixed64 (whole numbers below 2^53), `double` as IEEE 754. */
export type NumberType = 'int' | 'double';

export type MetricData =
  | { readonly type: 'gauge'; readonly numbers: NumberType; readonly points: readonly NumberPoint[] }
  | {
      readonly type: 'sum';
      readonly numbers: NumberType;
      readonly monotonic: boolean;
      readonly temporality: Temporality;
      readonly points: readonly NumberPoint[];
    }
  | { readonly type: 'histogram'; readonly temporality: Temporality; readonly points: readonly HistogramPoint[] };

export interface Metric {
  readonly name: string;
  readonly description?: string;
  /** UCUM, such as `By`, `s`, `{request}`. */
  readonly unit?: string;
  readonly data: MetricData;
}

export interface ResourceMetrics {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly metrics: readonly Metric[];
}
