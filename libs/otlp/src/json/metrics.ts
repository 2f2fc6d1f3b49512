import type { HistogramPoint, Metric, NumberPoint, NumberType, ResourceMetrics } from '../model/metric.ts';
import { jsonAttributes, jsonDouble, jsonGroup, jsonNanos } from './common.ts';

/** An ExportMetricsServiceRequest as one line of JSON: a line of the Collector's file format. */
export function metricsToJson(groups: readonly ResourceMetrics[]): string {
  const resourceMetrics = groups.map((group) =>
    jsonGroup(group, 'scopeMetrics', { metrics: group.metrics.map(jsonMetric) }),
  );
  return JSON.stringify({ resourceMetrics });
}

function jsonMetric({ name, description, unit, data }: Metric): object {
  const dataPoints =
    data.type === 'histogram'
      ? data.points.map(jsonHistogramPoint)
      : data.points.map((point) => jsonNumberPoint(point, data.numbers));
  return {
    name,
    ...(description && { description }),
    ...(unit && { unit }),
    [data.type]: {
      dataPoints,
      ...(data.type !== 'gauge' && { aggregationTemporality: data.temporality }),
      ...(data.type === 'sum' && { isMonotonic: data.monotonic }),
    },
  };
}

function jsonTimes(point: { readonly startUs?: number; readonly timeUs: number }): object {
  return {
    ...(point.startUs !== undefined && { startTimeUnixNano: jsonNanos(point.startUs) }),
    timeUnixNano: jsonNanos(point.timeUs),
  };
}

function jsonNumberPoint(point: NumberPoint, numbers: NumberType): object {
  return {
    attributes: jsonAttributes(point.attributes),
    ...jsonTimes(point),
    ...(numbers === 'int' ? { asInt: String(Math.round(point.value)) } : { asDouble: jsonDouble(point.value) }),
  };
}

function jsonHistogramPoint(point: HistogramPoint): object {
  return {
    attributes: jsonAttributes(point.attributes),
    ...jsonTimes(point),
    count: String(point.count),
    sum: jsonDouble(point.sum),
    bucketCounts: point.bucketCounts.map(String),
    explicitBounds: point.bounds,
    ...(point.min !== undefined && { min: jsonDouble(point.min) }),
    ...(point.max !== undefined && { max: jsonDouble(point.max) }),
  };
}
