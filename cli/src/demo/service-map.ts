import type { RequestLog } from '@flowloom/records';

/** Who asks whom in which protocol, and how it goes. */
export interface ServiceEdge {
  readonly client: string;
  readonly server: string;
  readonly protocol: string;
  requests: number;
  errors: number;
  /** Durations of the answered requests, µs, ascending. */
  readonly durationsUs: number[];
}

/** The name that a person gives to a side of a row. */
export function nameOf(row: Partial<RequestLog>, side: 'client' | 'server'): string {
  return row[`${side}_workload`] || row[`${side}_service`] || row[`${side}_resource_name`] || row[`${side}_ip`] || '?';
}

/**
 * Edges between services, busiest first. A request that was seen at several points of its way counts once: at the
 * point nearest to the server.
 */
export function serviceMap(requests: readonly RequestLog[]): ServiceEdge[] {
  const edges = new Map<string, ServiceEdge>();
  for (const row of oncePerExchange(requests)) {
    const [client, server] = [nameOf(row, 'client'), nameOf(row, 'server')];
    const key = `${client} ${server} ${row.protocol}`;
    const edge = edges.get(key) ?? { client, server, protocol: row.protocol, requests: 0, errors: 0, durationsUs: [] };
    edges.set(key, edge);
    edge.requests++;
    if (row.response_status.endsWith('error') || row.response_status === 'timeout') edge.errors++;
    if (row.has_response) edge.durationsUs.push(row.duration_us);
  }
  for (const edge of edges.values()) edge.durationsUs.sort((a, b) => a - b);
  return [...edges.values()].sort((a, b) => b.requests - a.requests);
}

/** The share `q` of the sorted values lies at or below the result; 0 of none. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

const nearServer = ['s-p', 's', 's-nd', 'local', 'c', 'c-nd', 'c-p'];

function oncePerExchange(requests: readonly RequestLog[]): RequestLog[] {
  const best = new Map<string, RequestLog>();
  const rank = (row: RequestLog) => {
    const place = nearServer.indexOf(row.observation_point);
    return place < 0 ? nearServer.length : place;
  };
  for (const row of requests) {
    const ends = `${row.client_ip} ${row.client_port} ${row.server_ip} ${row.server_port}`;
    const key = `${ends} ${row.req_tcp_seq ?? row.protocol_request_id} ${row.request_type} ${row.request_resource}`;
    const other = best.get(key);
    if (!other || rank(row) < rank(other)) best.set(key, row);
  }
  return [...best.values()];
}
