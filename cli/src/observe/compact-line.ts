import { styleText } from 'node:util';
import type { FlowLog, RequestLog } from '@flowloom/records';
import { statusOf } from './log-filter.ts';
import { isRequest, type LogRecord } from './log-record.ts';

const colours = { ok: 'green', client_error: 'yellow', server_error: 'red', timeout: 'red' } as const;

/**
 * A record on one line:
 *
 *     12:30:01.042 shop/cart-7d9f:41022 -> shop/redis-0:6379 redis GET ok 0.412 ms
 *     12:30:02.000 10.0.0.7:41022 -> 10.0.0.9:443 tcp 14/12 packets 2310/5120 bytes normal
 */
export function compactLine(record: LogRecord, isColoured: boolean): string {
  const style = (name: 'dim' | 'cyan' | (typeof colours)[keyof typeof colours], text: string) =>
    isColoured ? styleText(name, text, { validateStream: false }) : text;
  const status = statusOf(record);
  const shown = isRequest(record)
    ? `${status}${record.response_code ? ` ${record.response_code}` : ''}`
    : record.close_type;
  const colour = colours[status as keyof typeof colours];
  return [
    style('dim', new Date(record.end_us / 1000).toISOString().slice(11, 23)),
    `${style('cyan', endOf(record, 'client'))} -> ${style('cyan', endOf(record, 'server'))}`,
    isRequest(record) ? requestText(record) : flowText(record),
    colour ? style(colour, shown) : shown,
    ...(isRequest(record) && record.has_response ? [style('dim', `${(record.duration_us / 1000).toFixed(3)} ms`)] : []),
  ].join(' ');
}

function requestText(record: RequestLog): string {
  const { protocol, request_type, request_domain, request_resource, endpoint } = record;
  const what = [request_domain, request_resource || endpoint].filter(Boolean).join('');
  return [protocol, request_type, what].filter(Boolean).join(' ');
}

function flowText(record: FlowLog): string {
  const { protocol, l7_protocol, packets_tx, packets_rx, bytes_tx, bytes_rx } = record;
  const names = l7_protocol ? `${protocol}/${l7_protocol}` : protocol;
  return `${names} ${packets_tx}/${packets_rx} packets ${bytes_tx}/${bytes_rx} bytes`;
}

/** The best name of a side that is known, and its port. */
function endOf(record: LogRecord, side: 'client' | 'server'): string {
  const pod = record[`${side}_pod`];
  const named = record[`${side}_service`] ?? record[`${side}_resource_name`];
  const ip = record[`${side}_ip`];
  const port = record[`${side}_port`];
  const name = pod ? `${record[`${side}_namespace`] ?? ''}/${pod}` : (named ?? (ip.includes(':') ? `[${ip}]` : ip));
  return port ? `${name}:${port}` : name;
}
