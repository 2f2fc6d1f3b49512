import type { FlowLog, RequestLog } from '@flowloom/records';

/** A flow log or a request log, as its topic and its file carry it. */
export type LogRecord = FlowLog | RequestLog;

/** Only a request has an id of its own. */
export function isRequest(record: LogRecord): record is RequestLog {
  return 'request_id' in record;
}

/** Parses one line; undefined where it is no record. */
export function parseLogRecord(line: string): LogRecord | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'flow_id' in value ? value : undefined;
  } catch {
    return undefined;
  }
}
