import type { Attributes, LogRecord } from '@flowloom/otlp';
import { type FlowLog, rowOf } from '@flowloom/records';
import type { FlowLogs } from './flow-window.ts';

/** Fields that have an attribute of their own in the OpenTelemetry conventions (1.45). */
const conventional: Readonly<Partial<Record<keyof FlowLog, string>>> = {
  client_ip: 'client.address',
  client_port: 'client.port',
  server_ip: 'server.address',
  server_port: 'server.port',
  protocol: 'network.transport',
  l7_protocol: 'network.protocol.name',
  interface: 'network.interface.name',
};

/** Flow logs as OpenTelemetry log records: event `flowloom.flow`, other fields as `flowloom.flow.<field>`. */
export function flowLogRecords(rows: FlowLogs): LogRecord[] {
  return Array.from({ length: rows.length }, (_, row) => {
    const log = rowOf(rows, row);
    return {
      timeUs: log.start_us,
      observedUs: log.end_us,
      severityNumber: log.status.endsWith('_error') ? 13 : 9,
      severityText: log.status.endsWith('_error') ? 'WARN' : 'INFO',
      eventName: 'flowloom.flow',
      attributes: attributesOf(log),
    };
  });
}

function attributesOf(log: FlowLog): Attributes {
  const attributes: Record<string, string | number | boolean> = {
    'network.type': log.ip_version === 6 ? 'ipv6' : 'ipv4',
  };
  for (const [field, value] of Object.entries(log) as [keyof FlowLog, unknown][]) {
    const name = conventional[field] ?? `flowloom.flow.${field}`;
    attributes[name] = typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean);
  }
  return attributes;
}
