import { encodeMetrics, type Metric, type Resource, type ResourceMetrics } from '@flowloom/otlp';
import { aggregatorScope } from '../scope.ts';

export interface MetricRequest {
  /** Encoded ExportMetricsServiceRequest. */
  readonly bytes: Uint8Array;
  readonly points: number;
}

/** A histogram point takes about 400 bytes: 1,000 of them stay well below the 1 MB that Collectors and brokers take. */
const maxPoints = 1000;

/** The metrics as export requests of bounded size. */
export function metricRequests(resource: Resource, metrics: readonly Metric[]): MetricRequest[] {
  return metrics
    .flatMap((metric) => split(metric))
    .map((metric) => ({
      bytes: encodeMetrics([resourceMetrics(resource, [metric])]),
      points: metric.data.points.length,
    }));
}

export function resourceMetrics(resource: Resource, metrics: readonly Metric[]): ResourceMetrics {
  return { resource, scope: aggregatorScope, metrics };
}

function split(metric: Metric): Metric[] {
  const parts: Metric[] = [];
  const { data } = metric;
  for (let i = 0; i < data.points.length; i += maxPoints) {
    const points = data.points.slice(i, i + maxPoints);
    parts.push({ ...metric, data: { ...data, points } as Metric['data'] });
  }
  return parts;
}
