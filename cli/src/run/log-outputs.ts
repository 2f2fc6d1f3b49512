import { requestLogs } from '@flowloom/aggregator';
import type { BusRecord } from '@flowloom/bus';
import { requestToJson } from '@flowloom/otlp';
import { JsonWriter, requestLog, type Topic, taggedRequest, topics } from '@flowloom/records';
import { readRows } from '@flowloom/records/arrow';

/** What is shown or written of `flowloom run`. */
export interface LogOutput {
  readonly topic: Topic;
  /** Shown by `flowloom observe`. */
  readonly isLog: boolean;
  /** A record as lines; none where it cannot be read. */
  readonly lines: (record: BusRecord) => readonly string[];
}

/** By name of the file, without `.ndjson`. Request logs are made here, of the rows: while nobody looks they cost nothing. */
export const logOutputs = {
  'flow-logs': { topic: topics.flowLogs, isLog: true, lines: ({ value }) => [String(value)] },
  'request-logs': { topic: topics.requests, isLog: true, lines: linesOfRequests },
  traces: { topic: topics.otlpSpans, isLog: false, lines: ({ value }) => one(requestToJson('traces', value!)) },
  metrics: { topic: topics.otlpMetrics, isLog: false, lines: ({ value }) => one(requestToJson('metrics', value!)) },
} as const satisfies Record<string, LogOutput>;
export type LogOutputName = keyof typeof logOutputs;

const json = new JsonWriter(requestLog);

function linesOfRequests(record: BusRecord): string[] {
  const decoded = readRows(taggedRequest, record);
  if (!decoded.ok) return [];
  return json
    .values(requestLogs(decoded.batch))
    .map((line) => Buffer.from(line.buffer, line.byteOffset, line.length).toString());
}

const one = (line: string | null): string[] => (line ? [line] : []);
