import type { HrTime } from '@opentelemetry/api';
import type { ResourceLogs } from '../model/log.ts';
import type { ResourceMetrics } from '../model/metric.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceSpans } from '../model/span.ts';

/** The samples as the OpenTelemetry SDK would hold them, so that its serializers can be asked for the same message. */
const hr = (us = 0): HrTime => [Math.floor(us / 1e6), (us % 1e6) * 1000];
const sdkResource = ({ attributes, schemaUrl }: Resource) => ({ attributes, schemaUrl });

export function sdkSpans({ resource, scope, spans }: ResourceSpans): unknown[] {
  const shared = sdkResource(resource);
  const instrumentationScope = { ...scope, schemaUrl: resource.schemaUrl };
  return spans.map((span) => ({
    resource: shared,
    instrumentationScope,
    name: span.name,
    kind: span.kind - 1,
    spanContext: () => ({ traceId: span.traceId, spanId: span.spanId, traceFlags: 1 }),
    parentSpanContext: { traceId: span.traceId, spanId: span.parentSpanId, traceFlags: 1 },
    startTime: hr(span.startUs),
    endTime: hr(span.endUs),
    status: span.error ? { code: 2, message: span.error.message } : { code: 0 },
    attributes: span.attributes,
    links: (span.links ?? []).map((link) => ({ context: { ...link, traceFlags: 1 }, attributes: link.attributes })),
    events: [],
  }));
}

export function sdkMetrics({ resource, scope, metrics }: ResourceMetrics): unknown {
  return {
    resource: sdkResource(resource),
    scopeMetrics: [
      {
        scope: { ...scope, schemaUrl: resource.schemaUrl },
        metrics: metrics.map(({ name, unit, description, data }) => ({
          descriptor: {
            name,
            unit,
            description,
            valueType: data.type !== 'histogram' && data.numbers === 'int' ? 0 : 1,
          },
          dataPointType: { histogram: 0, gauge: 2, sum: 3 }[data.type],
          aggregationTemporality: data.type === 'gauge' ? 1 : data.temporality - 1,
          isMonotonic: data.type === 'sum' && data.monotonic,
          dataPoints: data.points.map((point) => ({
            attributes: point.attributes,
            startTime: hr(point.startUs),
            endTime: hr(point.timeUs),
            value:
              'value' in point
                ? point.value
                : { ...point, buckets: { boundaries: point.bounds, counts: point.bucketCounts } },
          })),
        })),
      },
    ],
  };
}

export function sdkLogs({ resource, scope, records }: ResourceLogs): unknown[] {
  const shared = sdkResource(resource);
  const instrumentationScope = { ...scope, schemaUrl: resource.schemaUrl };
  return records.map((record) => ({
    resource: shared,
    instrumentationScope,
    hrTime: hr(record.timeUs),
    hrTimeObserved: hr(record.observedUs),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    eventName: record.eventName,
    body: record.body,
    attributes: record.attributes,
    droppedAttributesCount: 0,
    spanContext: { traceId: record.traceId, spanId: record.spanId, traceFlags: 1 },
  }));
}
