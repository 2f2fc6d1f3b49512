import type { RequestLog } from '@flowloom/records';
import type { ExpectedRequest, Scenario } from './scenario.ts';

/** Request logs of one server's ports, oldest first; also where the server is the one that asks: a broker delivers. */
export function rowsOf(outputs: ReadonlyMap<string, string>, ports: readonly number[]): RequestLog[] {
  const lines = outputs.get('request-logs')!.split('\n').filter(Boolean);
  const rows = lines.map((line): RequestLog => JSON.parse(line));
  const ofServer = rows.filter(
    ({ server_port = 0, client_port = 0 }) => ports.includes(server_port) || ports.includes(client_port),
  );
  return ofServer.sort((a, b) => a.start_us - b.start_us || (a.req_tcp_seq ?? 0) - (b.req_tcp_seq ?? 0));
}

/**
 * Rows and expectations in the same form, for `expect(seen).toEqual(wanted)`: of each row the fields that its expectation
 * names. Where the order is open both are sorted first.
 */
export function comparable(
  rows: readonly RequestLog[],
  expected: readonly ExpectedRequest[],
  { order }: Pick<Scenario, 'order'>,
): { seen: ExpectedRequest[]; wanted: ExpectedRequest[] } {
  const wanted = order ? sortedBy(expected, order) : [...expected];
  const ordered = order ? sortedBy(rows, order) : rows;
  const seen = ordered.map((row, i) => pick(row, Object.keys(wanted[i] ?? typical) as (keyof RequestLog)[]));
  return { seen, wanted };
}

/** Shown of a row that nobody expects. */
const typical: ExpectedRequest = {
  protocol: '',
  request_type: '',
  request_resource: '',
  response_code: '',
  response_status: 'ok',
};

function pick(row: ExpectedRequest, fields: readonly (keyof RequestLog)[]): ExpectedRequest {
  return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
}

function sortedBy<T>(list: readonly T[], key: (item: T) => string): T[] {
  return list
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
