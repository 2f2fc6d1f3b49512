import type { RequestRow } from '@flowloom/otlp';
import { hash64 } from './hash.ts';

/**
 * Where rows came from, for the one who must know when all of them are done: `open` counts the rows that the tracer still
 * holds.
 */
export interface Origin {
  open: number;
}

/** One row: a request as one observation point saw it. */
export interface Observation {
  readonly row: RequestRow;
  /** Place on the way from client to server. */
  readonly rank: number;
  readonly origin: Origin | undefined;
}

/** The way of a request (DESIGN 6). What cannot be placed lies in the middle. */
const path = ['c-p', 'c', 'c-nd', 'c-hv', 'c-gw-hv', 'c-gw', 'rest', 's-gw', 's-gw-hv', 's-hv', 's-nd', 's', 's-p'];
const ranks = new Map(path.map((point, rank) => [point, rank]));

/** Where points lie that cannot be placed; what is above is on the side of the server. */
export const MIDDLE_RANK = path.indexOf('rest');

export function observe(row: RequestRow, origin?: Origin): Observation {
  return { row, rank: ranks.get(row.observation_point) ?? MIDDLE_RANK, origin };
}

const SERVER_HOST_RANK = path.indexOf('s');

/**
 * Whether other requests may name this row as their parent: capturers name the request as its host got it, and tokens are
 * found in any row.
 */
export function canBeParent({ row, rank }: Observation): boolean {
  if (rank === MIDDLE_RANK || rank >= SERVER_HOST_RANK) return true;
  return row.x_request_id !== '' || row.x_request_id_response !== '' || row.trace_id !== '';
}

/** Names request, capturer, interface and point: the same row read twice has the same. */
export function observationId({ row }: Observation): string {
  return `${row.request_id}|${row.agent}|${row.interface}|${row.observation_point}`;
}

/**
 * Order on the way from client to server. Points of one rank (several files of a replay, several gateways) go by
 * duration, as the nearer to the client, the longer the wait: a measure that does not depend on clocks.
 */
export function byPath(a: Observation, b: Observation): number {
  return (
    a.rank - b.rank ||
    duration(b) - duration(a) ||
    a.row.start_us - b.row.start_us ||
    compare(observationId(a), observationId(b))
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function duration({ row }: Observation): number {
  return row.end_us - row.start_us;
}

/** Id of the span that this observation gives. One observation may give two: the client's and the server's view. */
export function spanIdOf(observation: Observation, view: string): string {
  return hash64(`${observationId(observation)}|${view}`);
}
