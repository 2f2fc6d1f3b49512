import type { RequestLog } from '@flowloom/records';

type Kind = 'book' | 'unknown book' | 'order';

/** What client.mjs of the demo sends, so many requests of it. */
function kinds(requests: number): Kind[] {
  const kindOf = (n: number) => {
    if (n % 10 === 0) return 'unknown book';
    return n % 3 === 0 && n % 7 !== 0 ? 'order' : 'book';
  };
  return Array.from({ length: requests }, (_, i) => kindOf(i + 1));
}

function count(requests: number, kind: Kind): number {
  return kinds(requests).filter((each) => each === kind).length;
}

/** How many answers of each status the customers get. */
export function expectedAnswers(requests: number): Record<string, number> {
  return { 200: count(requests, 'book'), 201: count(requests, 'order'), 404: count(requests, 'unknown book') };
}

/** Where packets leave one pod, and where they enter the next. */
const onTheWire = ['c', 's'];

/**
 * How often each hop of the shop has to be in the request logs after so many requests of its customers: once at each
 * point of observation.
 */
export function expectedHops(requests: number, points: readonly string[] = onTheWire): Map<string, number> {
  const orders = count(requests, 'order');
  const hops = {
    'client > edge': requests,
    'edge > shop': requests,
    'shop > pricing': requests,
    'shop > cart': orders,
    'cart > cache HINCRBY': orders,
    'cart > cache HGETALL': orders,
  };
  return new Map(Object.entries(hops).flatMap(([hop, times]) => points.map((point) => [`${point} ${hop}`, times])));
}

/** The same, counted in request logs; what ioredis asks on its own when it connects is left out. */
export function hopsOf(rows: readonly RequestLog[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const command = row.protocol === 'redis' ? ` ${row.request_type}` : '';
    if (command && !/HINCRBY|HGETALL/.test(command)) continue;
    const hop = `${row.observation_point} ${row.client_workload} > ${row.server_workload}${command}`;
    counts.set(hop, (counts.get(hop) ?? 0) + 1);
  }
  return counts;
}

/** How many rows there are above one of each request id and observation point. */
export function repeated(rows: readonly RequestLog[]): number {
  return rows.length - new Set(rows.map((row) => `${row.observation_point} ${row.request_id}`)).size;
}

export function total(hops: ReadonlyMap<string, number>): number {
  return [...hops.values()].reduce((sum, times) => sum + times, 0);
}
