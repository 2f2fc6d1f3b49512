export { describeHop, describeRequest } from './conventions/describe-request.ts';
export { type AttributeSink, Draft } from './conventions/draft.ts';
export { messagingOperationOf } from './conventions/messaging.ts';
export type { MessagingOperation } from './conventions/messaging-operations.ts';
export type { RequestRow, Side, View } from './conventions/request-row.ts';
export { Resources } from './conventions/resources.ts';
export { attr, conventionOf, schemaUrl } from './conventions/semconv.ts';
export { serviceName } from './conventions/service-name.ts';
export { type ExportEvent, ExportQueue, type QueueOptions } from './export/export-queue.ts';
export { reportExport, unsupportedText } from './export/export-reports.ts';
export type { ExportResult, OtlpExporter, Signal } from './export/exporter.ts';
export { openExportQueue } from './export/open-export-queue.ts';
export type { RetryOptions } from './export/retrying-exporter.ts';
export { type ExportSettings, readSharedSettings, type SharedOtlp } from './export/settings.ts';
export { logsToJson } from './json/logs.ts';
export { metricsToJson } from './json/metrics.ts';
export { tracesToJson } from './json/traces.ts';
export type { LogRecord, ResourceLogs } from './model/log.ts';
export {
  type HistogramPoint,
  type Metric,
  type MetricData,
  type NumberPoint,
  type NumberType,
  type ResourceMetrics,
  type Temporality,
  temporality,
} from './model/metric.ts';
export type { Attributes, AttributeValue, Resource, Scope } from './model/resource.ts';
export {
  type ResourceSpans,
  type Span,
  type SpanId,
  type SpanKind,
  type SpanLink,
  spanIdText,
  spanKind,
} from './model/span.ts';
export { encodeLogs } from './protobuf/logs.ts';
export { encodeMetrics } from './protobuf/metrics.ts';
export { type SpanRequest, SpanWriter } from './protobuf/span-writer.ts';
export { requestToJson, requestToJsonLine } from './protobuf/to-json.ts';
export { encodeTraces } from './protobuf/traces.ts';
export { formatDuration, formatTrace, type WaterfallOptions } from './waterfall.ts';
