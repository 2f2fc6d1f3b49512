import { type Metric, temporality } from '@flowloom/otlp';
import { type DurationHistogram, durationBounds } from './histogram.ts';
import type { Series } from './series-table.ts';

/** The metric of a histogram that each series has: in seconds, cumulative. Empty ones are left out. */
export function histogramMetric<T>(
  name: string,
  description: string,
  series: readonly Series<T>[],
  of: (data: T) => DurationHistogram,
  timeUs: number,
): Metric {
  const points = series
    .map(({ attributes, startUs, data }) => ({ attributes, startUs, histogram: of(data) }))
    .filter(({ histogram }) => histogram.count > 0)
    .map(({ attributes, startUs, histogram: { count, sum, max, counts } }) => ({
      attributes,
      startUs,
      timeUs,
      count,
      sum,
      max,
      bounds: durationBounds,
      bucketCounts: [...counts],
    }));
  return { name, description, unit: 's', data: { type: 'histogram', temporality: temporality.cumulative, points } };
}
