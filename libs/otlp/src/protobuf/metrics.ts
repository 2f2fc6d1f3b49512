import type { HistogramPoint, Metric, NumberPoint, NumberType, ResourceMetrics } from '../model/metric.ts';
import { encodeRequest, writeAttributes } from './common.ts';
import { ProtobufWriter } from './writer.ts';

const writer = new ProtobufWriter();

/** An ExportMetricsServiceRequest, which is also the value of a record on `otlp_metrics`. */
export function encodeMetrics(groups: readonly ResourceMetrics[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(writer, groups, (to, { metrics }) => {
    for (const metric of metrics) writeMetric(to, metric);
  });
}

const dataField = { gauge: 5, sum: 7, histogram: 9 } as const;

/**
 * opentelemetry/proto/metrics/v1/metrics.proto: Metric { name = 1, description = 2, unit = 3, gauge = 5, sum = 7,
 * histogram = 9 }, each of them { data_points = 1, aggregation_temporality = 2, is_monotonic = 3 } as far as it applies.
 */
function writeMetric(to: ProtobufWriter, { name, description, unit, data }: Metric): void {
  const message = to.begin(2, 512);
  to.string(1, name);
  if (description) to.string(2, description);
  if (unit) to.string(3, unit);
  const inner = to.begin(dataField[data.type], 512);
  if (data.type === 'histogram') for (const point of data.points) writeHistogramPoint(to, point);
  else for (const point of data.points) writeNumberPoint(to, point, data.numbers);
  if (data.type !== 'gauge') to.varint(2, data.temporality);
  if (data.type === 'sum' && data.monotonic) to.varint(3, 1);
  to.end(inner);
  to.end(message);
}

/** NumberDataPoint { start_time = 2, time = 3, as_double = 4, as_int = 6, attributes = 7 }. */
function writeNumberPoint(to: ProtobufWriter, point: NumberPoint, numbers: NumberType): void {
  const message = to.begin(1, 128);
  if (point.startUs !== undefined) to.nanos(2, point.startUs);
  to.nanos(3, point.timeUs);
  if (numbers === 'int') to.fixed64(6, Math.round(point.value));
  else to.double(4, point.value);
  writeAttributes(to, 7, point.attributes);
  to.end(message);
}

/**
 * HistogramDataPoint { start_time = 2, time = 3, count = 4, sum = 5, bucket_counts = 6, explicit_bounds = 7,
 * attributes = 9, min = 11, max = 12 }.
 */
function writeHistogramPoint(to: ProtobufWriter, point: HistogramPoint): void {
  const message = to.begin(1, 256);
  if (point.startUs !== undefined) to.nanos(2, point.startUs);
  to.nanos(3, point.timeUs);
  to.fixed64(4, point.count);
  to.double(5, point.sum);
  const counts = to.begin(6, point.bucketCounts.length * 8);
  for (const count of point.bucketCounts) to.fixed64Bare(count);
  to.end(counts);
  const bounds = to.begin(7, point.bounds.length * 8);
  for (const bound of point.bounds) to.doubleBare(bound);
  to.end(bounds);
  writeAttributes(to, 9, point.attributes);
  if (point.min !== undefined) to.double(11, point.min);
  if (point.max !== undefined) to.double(12, point.max);
  to.end(message);
}
