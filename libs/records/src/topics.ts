import { flowLog, rawFlow, taggedFlow } from './flow.ts';
import type { RecordType } from './record-type.ts';
import { rawRequest, requestLog, taggedRequest } from './request.ts';

export type TopicFormat = 'arrow' | 'json' | 'otlp' | 'any';

/** A topic of the pipeline: `name` is without the prefix, `key` says what chooses the partition. */
export interface Topic {
  readonly name: string;
  readonly format: TopicFormat;
  /** OTLP topics bear the names that OpenTelemetry Collectors read by default, so they have no prefix. */
  readonly prefixed: boolean;
  readonly key: string;
  readonly record?: RecordType;
  readonly doc: string;
}

const pair = 'sorted address pair of the flow';
const sequence = 'TCP sequence number of the request; UDP: id of the protocol';

export const topics = {
  flowsRaw: {
    name: 'flows.raw',
    format: 'arrow',
    prefixed: true,
    key: pair,
    record: rawFlow,
    doc: 'Capturer to tagger',
  },
  requestsRaw: {
    name: 'requests.raw',
    format: 'arrow',
    prefixed: true,
    key: sequence,
    record: rawRequest,
    doc: 'Capturer to tagger',
  },
  flows: { name: 'flows', format: 'arrow', prefixed: true, key: pair, record: taggedFlow, doc: 'Tagger to aggregator' },
  requests: {
    name: 'requests',
    format: 'arrow',
    prefixed: true,
    key: sequence,
    record: taggedRequest,
    doc: 'Tagger to aggregator and tracer',
  },
  flowLogs: { name: 'flow-logs', format: 'json', prefixed: true, key: pair, record: flowLog, doc: 'For any consumer' },
  requestLogs: {
    name: 'request-logs',
    format: 'json',
    prefixed: true,
    key: sequence,
    record: requestLog,
    doc: 'For any consumer',
  },
  otlpMetrics: {
    name: 'otlp_metrics',
    format: 'otlp',
    prefixed: false,
    key: 'service',
    doc: 'ExportMetricsServiceRequest',
  },
  otlpLogs: { name: 'otlp_logs', format: 'otlp', prefixed: false, key: 'flow', doc: 'ExportLogsServiceRequest' },
  otlpSpans: { name: 'otlp_spans', format: 'otlp', prefixed: false, key: 'trace id', doc: 'ExportTraceServiceRequest' },
  deadLetter: {
    name: 'dead-letter',
    format: 'any',
    prefixed: true,
    key: 'source topic',
    doc: 'A record that could not be read, with its headers and the reason',
  },
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof topics;

/** The topic's full name under a prefix such as `flowloom.`. */
export function topicName(topic: Topic, prefix: string): string {
  return topic.prefixed ? prefix + topic.name : topic.name;
}
