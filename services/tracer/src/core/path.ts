import { messagingOperationOf, type View } from '@flowloom/otlp';
import { mix } from './hash.ts';
import type { Observation } from './observation.ts';

/** The way of a request (DESIGN 6). What cannot be placed lies in the middle. */
const path = ['c-p', 'c', 'c-nd', 'c-hv', 'c-gw-hv', 'c-gw', 'rest', 's-gw', 's-gw-hv', 's-hv', 's-nd', 's', 's-p'];
const ranks = new Map(path.map((point, rank) => [point, rank]));

/** Where points lie that cannot be placed; what is above is on the side of the server. */
export const MIDDLE_RANK = path.indexOf('rest');

/** Place of an observation point on the way from client to server. */
export function rankOf(point: string): number {
  return ranks.get(point) ?? MIDDLE_RANK;
}

const SERVER_HOST_RANK = path.indexOf('s');

/**
 * Whether other requests may name this row as their parent: capturers name the request as its host got it, and tokens are
 * found in any row. Who asks for messages gets them.
 */
export function canBeParent(row: Observation): boolean {
  const { rank } = row;
  return rank === MIDDLE_RANK || rank >= SERVER_HOST_RANK || row.hasToken || messagingOperationOf(row) === 'pull';
}

/** The row was seen at a process's system calls, not in packets. */
export function isOfProcess({ rank }: Observation): boolean {
  return rank === 0 || rank === path.length - 1;
}

/** Names request, capturer, interface and point: the same row read twice has the same. */
export function observationId(row: Observation): string {
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
    a.start_us - b.start_us ||
    compare(observationId(a), observationId(b))
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function duration(row: Observation): number {
  return row.end_us - row.start_us;
}

/** Tells apart the spans that one observation may give: the client's, the server's and the network's view of it. */
const viewKeys = { client: 0x2545f491, server: 0x5bd1e995, network: 0x27d4eb2f } as const;

/**
 * Id of the span that this observation gives: a permutation of the request's id (three Feistel rounds) that depends on
 * the place and the view, so that two requests seen at one place never share one. Written into `id`.
 */
export function spanIdOf<T extends { high: number; low: number }>(row: Observation, view: View, id: T): T {
  const { place } = row;
  let high = row.idHigh;
  let low = row.idLow;
  high ^= mix(low ^ place.high ^ viewKeys[view]);
  low ^= mix(high ^ place.low);
  high ^= mix(low ^ place.high);
  id.high = high;
  id.low = (high | low) === 0 ? 1 : low;
  return id;
}
