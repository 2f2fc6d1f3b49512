import type { Exchange } from './exchange.ts';
import type { LinkStore } from './link-store.ts';
import type { Origins } from './parent-rules.ts';
import { Entries, Texts } from './texts.ts';

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
  const marks = new Texts();
  const asked = settled.filter(({ exchange, origins }) => writeMark(marks, exchange, origins));
  if (asked.length === 0) return;
  // Few callers have anything fail: only of theirs the requests are looked at.
  const marked = await store.get(marks);
  const failing = new Set<string>();
  const fresh = new Set<string>();
  for (const [i, { exchange }] of asked.entries()) {
    if (marked[i] !== undefined) failing.add(marks.get(i));
    if (hasFailed(exchange)) fresh.add(marks.get(i));
  }
  for (const mark of fresh) failing.add(mark);
  if (failing.size === 0) return;
  const tries = asked
    .map(({ exchange }, i) => ({ exchange, mark: marks.get(i) }))
    .filter(({ mark }) => failing.has(mark))
    .map(({ exchange, mark }) => ({ exchange, key: keyOf(exchange, mark) }))
    .sort((a, b) => a.exchange.startUs - b.exchange.startUs);
  const keys = [...new Set(tries.map(({ key }) => key))];
  const values = await store.get(Texts.of(keys));
  const last = new Map<string, string | undefined>(keys.map((key, i) => [key, values[i]]));
  const changed = new Map<string, string>();
  for (const { exchange, key } of tries) {
    const next = follow(exchange, last.get(key));
    if (next === undefined) continue;
    last.set(key, next);
    changed.set(key, next);
  }
  if (changed.size === 0) return;
  for (const mark of fresh) changed.set(mark, 'f');
  await store.set(Entries.of(changed));
}

/**
 * Writes where it stands that a request failed which was made for the same parent, or for the application's own span; false,
 * and nothing is written, where it is no HTTP request or that is not sure.
 */
function writeMark(marks: Texts, { first: row }: Exchange, { cause, header, underHeader }: Origins): boolean {
  if (!row.protocol.startsWith('http') || !row.has_request) return false;
  if (underHeader && header) marks.text('f:').text(header.traceId).text(':').text(header.spanId).end();
  else if (isSure(cause)) marks.text('f:').id(cause.high, cause.low).end();
  else return false;
  return true;
}

/** Names the request and who made it. */
function keyOf({ first: row }: Exchange, mark: string): string {
  return `${mark}|${row.client_ip}|${row.request_type} ${row.request_domain}${row.request_resource}|${row.request_bytes}`;
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

function hasFailed({ first: row }: Exchange): boolean {
  return !row.has_response || row.response_status === 'timeout' || TRANSIENT.has(row.response_code);
}
