import type { LogRecord, ResourceLogs } from '../model/log.ts';
import { jsonAnyValue, jsonAttributes, jsonGroup, jsonNanos } from './common.ts';

/** An ExportLogsServiceRequest as one line of JSON: a line of the Collector's file format. */
export function logsToJson(groups: readonly ResourceLogs[]): string {
  const resourceLogs = groups.map((group) =>
    jsonGroup(group, 'scopeLogs', { logRecords: group.records.map(jsonRecord) }),
  );
  return JSON.stringify({ resourceLogs });
}

function jsonRecord(record: LogRecord): object {
  return {
    timeUnixNano: jsonNanos(record.timeUs),
    observedTimeUnixNano: jsonNanos(record.observedUs ?? record.timeUs),
    ...(record.severityNumber && { severityNumber: record.severityNumber }),
    ...(record.severityText && { severityText: record.severityText }),
    ...(record.eventName && { eventName: record.eventName }),
    ...(record.body !== undefined && { body: jsonAnyValue(record.body) }),
    attributes: jsonAttributes(record.attributes),
    ...(record.traceId && { traceId: record.traceId }),
    ...(record.spanId && { spanId: record.spanId }),
  };
}
