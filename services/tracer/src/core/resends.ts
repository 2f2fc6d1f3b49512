import type { Exchange } from './exchange.ts';
import type { Entry, LinkStore } from './link-store.ts';
import type { Origins } from './parent-rules.ts';

/** After this long a client has given up: what it asks then is asked anew. */
const MAX_PAUSE_US = 60e6;

/** Answers after which clients ask again (RFC 9110 15.5.9, 15.6; RFC 8470 5.2; RFC 6585 4). */
const TRANSIENT = new Set(['408', '425', '429', '500', '502', '503', '504']);

/** The last try of a request: it failed, and was sent again so often. */
interface Try {
  readonly endUs: number;
  readonly resends: number;
}

/** Two requests overlapped: which of them a third one repeats is not known. */
const DOUBTFUL = 'x';
/** The last try was answered: the next is a request of its own. */
const DONE = '-';

/**
 * Counts how often each exchange was sent before (http.request.resend_count of the conventions): the same HTTP request, by the
 * same client, below the same parent, which is observed or named by a header, begun when the try before had failed. Where
 * such requests overlap none is counted. What a redirect leads to is another request here.
 */
export async function countResends(
  settled: readonly { readonly exchange: Exchange; readonly origins: Origins }[],
  store: LinkStore,
): Promise<void> {
  const asked = settled.map(({ exchange, origins }) => ({ exchange, by: askerOf(exchange, origins) }));
  const askers = new Set(asked.map(({ by }) => by));
  askers.delete('');
  if (askers.size === 0) return;
  // Few callers have anything fail: only of theirs the requests are looked at.
  const names = [...askers];
  const marks = await store.get(names.map(markOf));
  const failing = new Set(names.filter((_, i) => marks[i] !== undefined));
  const fresh = new Set(asked.filter(({ exchange, by }) => by !== '' && hasFailed(exchange)).map(({ by }) => by));
  for (const by of fresh) failing.add(by);
  const tries = asked
    .filter(({ by }) => failing.has(by))
    .map(({ exchange, by }) => ({ exchange, key: keyOf(exchange, by) }))
    .sort((a, b) => a.exchange.startUs - b.exchange.startUs);
  if (tries.length === 0) return;
  const keys = [...new Set(tries.map(({ key }) => key))];
  const values = await store.get(keys);
  const last = new Map<string, string | undefined>(keys.map((key, i) => [key, values[i]]));
  const changed = new Map<string, string>();
  for (const { exchange, key } of tries) {
    const next = follow(exchange, last.get(key));
    if (next === undefined) continue;
    last.set(key, next);
    changed.set(key, next);
  }
  if (changed.size > 0) await store.set([...changed, ...[...fresh].map((by): Entry => [markOf(by), 'f'])]);
}

/** Where it stands that one of a caller's requests failed. */
const markOf = (by: string): string => `f:${by}`;

/** Names the parent, or the application's own span, for which an HTTP request was made; '' where that is not sure. */
function askerOf({ first: { row } }: Exchange, { cause, header, underHeader }: Origins): string {
  if (!row.protocol.startsWith('http') || !row.has_request) return '';
  if (underHeader && header) return `${header.traceId}:${header.spanId}`;
  return isSure(cause) ? cause.requestId : '';
}

/** Names the request and who made it. */
function keyOf({ first: { row } }: Exchange, by: string): string {
  return `f:${by}|${row.client_ip}|${row.request_type} ${row.request_domain}${row.request_resource}|${row.request_bytes}`;
}

function isSure(cause: Origins['cause']): cause is NonNullable<Origins['cause']> {
  return cause !== undefined && cause.link !== 'inferred';
}

/** Takes the next request with one key; what is to be remembered, undefined for nothing. */
function follow(exchange: Exchange, text: string | undefined): string | undefined {
  const { startUs, endUs } = exchange;
  const before = parseTry(text);
  if (before === undefined) {
    if (text === DOUBTFUL) return undefined;
  } else if (startUs < before.endUs) {
    return DOUBTFUL;
  } else if (startUs - before.endUs <= MAX_PAUSE_US) exchange.resends = before.resends + 1;
  if (hasFailed(exchange)) return `${endUs} ${exchange.resends}`;
  return before === undefined ? undefined : DONE;
}

function parseTry(text: string | undefined): Try | undefined {
  const match = /^(\d+) (\d+)$/.exec(text ?? '');
  return match === null ? undefined : { endUs: Number(match[1]), resends: Number(match[2]) };
}

function hasFailed({ first: { row } }: Exchange): boolean {
  return !row.has_response || row.response_status === 'timeout' || TRANSIENT.has(row.response_code);
}
