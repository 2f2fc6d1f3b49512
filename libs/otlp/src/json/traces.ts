import { type ResourceSpans, type Span, statusError } from '../model/span.ts';
import { jsonAttributes, jsonGroup, jsonNanos } from './common.ts';

/** An ExportTraceServiceRequest as one line of JSON: a line of the Collector's file format. */
export function tracesToJson(groups: readonly ResourceSpans[]): string {
  const resourceSpans = groups.map((group) => jsonGroup(group, 'scopeSpans', { spans: group.spans.map(jsonSpan) }));
  return JSON.stringify({ resourceSpans });
}

function jsonSpan(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: jsonNanos(span.startUs),
    endTimeUnixNano: jsonNanos(span.endUs),
    attributes: jsonAttributes(span.attributes),
    ...(span.links && {
      links: span.links.map(({ traceId, spanId, attributes }) => ({
        traceId,
        spanId,
        ...(attributes && { attributes: jsonAttributes(attributes) }),
      })),
    }),
    status: span.error ? { ...(span.error.message && { message: span.error.message }), code: statusError } : {},
    ...(span.flags && { flags: span.flags }),
  };
}
