import { messagingOperationOf, type SpanId, type View } from '@flowloom/otlp';
import type { ObservedRow } from './observed-row.ts';

/**
 * Where rows came from, for the one who must know when all of them are done: `open` counts the rows that the tracer still
 * holds.
 */
export interface Origin {
  open: number;
}

/** One row: a request as one observation point saw it. */
export interface Observation {
  readonly row: ObservedRow;
  /** Place on the way from client to server. */
  readonly rank: number;
  readonly origin: Origin | undefined;
}

/** The way of a request (DESIGN 6). What cannot be placed lies in the middle. */
const path = ['c-p', 'c', 'c-nd', 'c-hv', 'c-gw-hv', 'c-gw', 'rest', 's-gw', 's-gw-hv', 's-hv', 's-nd', 's', 's-p'];
const ranks = new Map(path.map((point, rank) => [point, rank]));

/** Where points lie that cannot be placed; what is above is on the side of the server. */
export const MIDDLE_RANK = path.indexOf('rest');

export function observe(row: ObservedRow, origin?: Origin): Observation {
  return { row, rank: ranks.get(row.observation_point) ?? MIDDLE_RANK, origin };
}

const SERVER_HOST_RANK = path.indexOf('s');

/**
 * Whether other requests may name this row as their parent: capturers name the request as its host got it, and tokens are
 * found in any row. Who asks for messages gets them.
 */
export function canBeParent({ row, rank }: Observation): boolean {
  if (rank === MIDDLE_RANK || rank >= SERVER_HOST_RANK) return true;
  return (
    row.x_request_id !== '' ||
    row.x_request_id_response !== '' ||
    row.trace_id !== '' ||
    messagingOperationOf(row) === 'pull'
  );
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

/** Tells apart the spans that one observation may give: the client's, the server's and the network's view of it. */
const viewKeys = { client: 0x2545f491, server: 0x5bd1e995, network: 0x27d4eb2f } as const;

/**
 * Id of the span that this observation gives: a permutation of the request's id (three Feistel rounds) that depends on
 * the place and the view, so that two requests seen at one place never share one.
 */
export function spanIdOf({ row }: Observation, view: View): SpanId {
  const { placeHigh, placeLow } = row;
  let high = row.idHigh;
  let low = row.idLow;
  high ^= mix(low ^ placeHigh ^ viewKeys[view]);
  low ^= mix(high ^ placeLow);
  high ^= mix(low ^ placeHigh);
  return { high, low: (high | low) === 0 ? 1 : low };
}

/** The finalizer of MurmurHash3 (32 bits). */
function mix(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
