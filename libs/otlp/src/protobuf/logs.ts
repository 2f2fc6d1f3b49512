import type { LogRecord, ResourceLogs } from '../model/log.ts';
import { encodeRequest, writeAnyValue, writeAttributes } from './common.ts';
import { ProtobufWriter } from './writer.ts';

const writer = new ProtobufWriter();

/** An ExportLogsServiceRequest, which is also the value of a record on `otlp_logs`. */
export function encodeLogs(groups: readonly ResourceLogs[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(writer, groups, (to, { records }) => {
    for (const record of records) writeRecord(to, record);
  });
}

/**
 * opentelemetry/proto/logs/v1/logs.proto: LogRecord { time = 1, severity_number = 2, severity_text = 3, body = 5,
 * attributes = 6, trace_id = 9, span_id = 10, observed_time = 11, event_name = 12 }.
 */
function writeRecord(to: ProtobufWriter, record: LogRecord): void {
  const message = to.begin(2, 512);
  to.nanos(1, record.timeUs);
  if (record.severityNumber) to.varint(2, record.severityNumber);
  if (record.severityText) to.string(3, record.severityText);
  if (record.body !== undefined) writeAnyValue(to, 5, record.body);
  writeAttributes(to, 6, record.attributes);
  if (record.traceId) to.hex(9, record.traceId);
  if (record.spanId) to.hex(10, record.spanId);
  to.nanos(11, record.observedUs ?? record.timeUs);
  if (record.eventName) to.string(12, record.eventName);
  to.end(message);
}
