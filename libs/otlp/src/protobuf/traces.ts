import { type ResourceSpans, type Span, type SpanLink, statusError } from '../model/span.ts';
import { encodeRequest, writeAttributes } from './common.ts';
import { ProtobufWriter } from './writer.ts';

const writer = new ProtobufWriter();

/** An ExportTraceServiceRequest, which is also the value of a record on `otlp_spans`. */
export function encodeTraces(groups: readonly ResourceSpans[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(writer, groups, (to, { spans }) => {
    for (const span of spans) writeSpan(to, span);
  });
}

/**
 * opentelemetry/proto/trace/v1/trace.proto: Span { trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, kind = 6,
 * start_time_unix_nano = 7, end_time_unix_nano = 8, attributes = 9, links = 13, status = 15 { message = 2, code = 3 }, flags =
 * 16 }.
 */
function writeSpan(to: ProtobufWriter, span: Span): void {
  const message = to.begin(2, 512);
  to.hex(1, span.traceId);
  to.hex(2, span.spanId);
  if (span.parentSpanId) to.hex(4, span.parentSpanId);
  to.string(5, span.name);
  to.varint(6, span.kind);
  to.nanos(7, span.startUs);
  to.nanos(8, span.endUs);
  writeAttributes(to, 9, span.attributes);
  if (span.links) for (const link of span.links) writeLink(to, link);
  if (span.error) writeError(to, span.error.message ?? '');
  if (span.flags) to.fixed32(16, span.flags);
  to.end(message);
}

/** Span.status of a failure. */
export function writeError(to: ProtobufWriter, message: string): void {
  const status = to.begin(15, 64);
  if (message) to.string(2, message);
  to.varint(3, statusError);
  to.end(status);
}

/** Span.Link { trace_id = 1, span_id = 2, attributes = 4 }. */
export function writeLink(to: ProtobufWriter, link: SpanLink): void {
  const message = to.begin(13, 64);
  to.hex(1, link.traceId);
  to.hex(2, link.spanId);
  if (link.attributes) writeAttributes(to, 4, link.attributes);
  to.end(message);
}
