import type { RequestLog } from '@flowloom/records';
import type { ExpectedRequest, Scenario } from './scenario.ts';

/** Request logs of one server's ports, oldest first. */
export function rowsOf(outputs: ReadonlyMap<string, string>, ports: readonly number[]): RequestLog[] {
  const lines = outputs.get('request-logs')!.split('\n').filter(Boolean);
  const ofServer = lines
    .map((line): RequestLog => JSON.parse(line))
    .filter(({ server_port }) => ports.includes(server_port ?? 0));
  return ofServer.sort((a, b) => a.start_us - b.start_us || (a.req_tcp_seq ?? 0) - (b.req_tcp_seq ?? 0));
}

/**
 * Rows and expectations in the same form, for `expect(seen).toEqual(wanted)`: of each row the fields that its expectation
 * names. Where the order is open both are sorted by the fields that all expectations name.
 */
export function comparable(
  rows: readonly RequestLog[],
  expected: readonly ExpectedRequest[],
  { concurrent = false }: Pick<Scenario, 'concurrent'>,
): { seen: ExpectedRequest[]; wanted: ExpectedRequest[] } {
  const common = (Object.keys(expected[0] ?? {}) as (keyof RequestLog)[]).filter((field) =>
    expected.every((each) => field in each),
  );
  const inOrder = <T extends ExpectedRequest>(list: readonly T[]): T[] =>
    concurrent ? sortedBy(list, (each) => JSON.stringify(pick(each, common))) : [...list];
  const wanted = inOrder(expected);
  const seen = inOrder(rows).map((row, i) => pick(row, Object.keys(wanted[i] ?? typical) as (keyof RequestLog)[]));
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
