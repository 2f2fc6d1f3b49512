import { type Exchange, type Placement, root } from './exchange.ts';
import { hostNames, hostsOf, writeHost } from './hosts.ts';
import type { LinkStore } from './link-store.ts';
import { type Entries, Texts } from './texts.ts';

/** A process that asks for a name connects to the answer at once; a host may do so for several requests in turn. */
const MAX_GAP_US = 1e6;
const BUCKET_US = 10e6;
const MAX_ADDRESSES = 16;

/** An address among the answers, as the parser of DNS writes them. */
const ANSWER = /\b(?:A|AAAA) ([0-9a-f.:]{2,45})/gi;

/** Of the requests that may have been waiting for an answer, the next one must begin so much later to be told apart. */
const CLEAR_US = 2_000;

/** Chance that the first request on a new connection to an answered address is what the name was asked for. */
const LOOKUP_CONFIDENCE = 0.95;

type Asked = [exchange: string, name: string, endUs: number, agent: string];

/** A request to an address that a name had given, and where it was placed. */
type Follower = [
  startUs: number,
  flow: string,
  agent: string,
  traceId: string,
  parentSpanId: string,
  parentStartUs: number,
  correctionUs: number,
  spanId: string,
];

/** Where the lookups of one name by one host are kept. */
const followersKey = (host: string, name: string): string => `a:${host}${name}`;

/** Whether it is a question for addresses that was answered, or sent along with one. */
export function isLookup({ first: row }: Exchange): boolean {
  return row.protocol === 'dns' && (row.request_type === 'A' || row.request_type === 'AAAA') && row.has_response;
}

/** Makes an answered question findable by the addresses that it gave. */
export function offerLookup(exchange: Exchange, entries: Entries): void {
  const row = exchange.first;
  if (row.protocol !== 'dns' || !isLookup(exchange)) return;
  const member: Asked = [exchange.key, row.request_resource, row.end_us, row.agent];
  const text = JSON.stringify(member);
  const addresses = Array.from(row.response_result.matchAll(ANSWER), ([, address]) => address).slice(0, MAX_ADDRESSES);
  for (const host of hostsOf(exchange, 'client')) {
    for (const address of addresses) entries.push(`${ANSWERS}${host}${address}|${bucketOf(row.end_us)}`, text);
  }
}

/** Finds out which of these exchanges are requests to addresses that their hosts had asked for: see `followed`. */
export async function followLookups(exchanges: readonly Exchange[], store: LinkStore): Promise<void> {
  const keys = new Texts();
  /** Where the keys of each exchange begin. */
  const starts = exchanges.map((exchange) => {
    const start = keys.length;
    if (!isLookup(exchange)) writeAnswerKeys(keys, exchange);
    return start;
  });
  if (keys.length === 0) return;
  const members = await store.members(keys);
  if (members.every(({ length }) => length === 0)) return;
  // Requests of one host to one address ask for the same: that is read once.
  const known = new Map<readonly string[], Asked[]>();
  const read = (texts: readonly string[]): Asked[] => {
    let asked = known.get(texts);
    if (asked === undefined) known.set(texts, (asked = texts.flatMap((text) => parse<Asked>(text, 4))));
    return asked;
  };
  for (const [i, exchange] of exchanges.entries()) {
    const own = members.slice(starts[i], starts[i + 1] ?? keys.length);
    if (own.every(({ length }) => length === 0)) continue;
    const found = hostsOf(exchange, 'client').flatMap((host, n) =>
      own
        .slice(n * KEYS_PER_HOST, (n + 1) * KEYS_PER_HOST)
        .flatMap(read)
        .filter(([, , , agent]) => agent === exchange.first.agent)
        .map(([, name]) => followersKey(host, name)),
    );
    exchange.followed = [...new Set(found)];
  }
}

const KEYS_PER_HOST = 2;

/** Where the answers are kept that a request may have followed: those of its time and of the time before. */
function writeAnswerKeys(keys: Texts, exchange: Exchange): void {
  const { server_ip, start_us } = exchange.first;
  for (const by of hostNames) {
    for (let before = 0; before < KEYS_PER_HOST; before++) {
      if (!writeHost(keys, by, exchange, 'client', ANSWERS)) break;
      keys
        .text(server_ip)
        .text('|')
        .integer(bucketOf(start_us) - before)
        .end();
    }
  }
}

/** What a lookup needs to know of a request that followed. */
export function followerEntry(exchange: Exchange, placement: Placement, spanId: string): string {
  const row = exchange.first;
  const { traceId, parentSpanId, parentStartUs = 0, clock } = placement;
  const correctionUs = clock && clock.agent === row.agent ? clock.correctionUs : 0;
  const member: Follower = [
    row.start_us,
    row.flow_id,
    row.agent,
    traceId,
    parentSpanId,
    parentStartUs,
    correctionUs,
    spanId,
  ];
  return JSON.stringify(member);
}

/**
 * Where each lookup belongs: beside the request that was made to its answer, below the same parent. That is the first one
 * to the answered address, by the same host (process, where it is known), on a connection that had carried none before.
 * Undefined where there is none, or where two with different parents were about equally soon.
 */
export async function placesOfLookups(
  lookups: readonly Exchange[],
  store: LinkStore,
): Promise<(Placement | undefined)[]> {
  const keys = lookups.map((exchange) =>
    hostsOf(exchange, 'client').map((host) => followersKey(host, exchange.first.request_resource)),
  );
  const flat = keys.flat();
  if (flat.length === 0) return lookups.map(() => undefined);
  const members = await store.members(Texts.of(flat));
  let at = 0;
  return lookups.map((lookup, i) => {
    const followers = keys[i].flatMap(() => members[at++].flatMap((text) => parse<Follower>(text, 8)));
    return placeOf(lookup, followers);
  });
}

function placeOf({ first: row }: Exchange, followers: readonly Follower[]): Placement | undefined {
  const own = followers.filter(([, , agent]) => agent === row.agent);
  const usedBefore = new Set(own.filter(([startUs]) => startUs < row.start_us).map(([, flow]) => flow));
  const after = own
    .filter(([startUs, flow]) => startUs >= row.end_us && startUs <= row.end_us + MAX_GAP_US && !usedBefore.has(flow))
    .sort((a, b) => a[0] - b[0]);
  if (after.length === 0) return undefined;
  const [startUs, , agent, traceId, parentSpanId, parentStartUs, correctionUs, spanId] = after[0];
  const isDoubtful = after.some((one) => one[0] < startUs + CLEAR_US && one[4] !== parentSpanId);
  // Asked before the parent began: for something else.
  if (isDoubtful || parentStartUs > row.start_us) return undefined;
  if (parentSpanId === '') return { ...root(''), related: [{ traceId, spanId, reason: 'resolved_for' }] };
  return {
    ...root(traceId),
    parentSpanId,
    link: 'inferred',
    rule: 'resolved_address',
    confidence: LOOKUP_CONFIDENCE,
    clock: { agent, correctionUs },
  };
}

const ANSWERS = 'n:';

const bucketOf = (us: number): number => Math.floor(us / BUCKET_US);

/** Reads what was written here; what anyone else wrote is left out. */
function parse<T extends readonly unknown[]>(text: string, length: number): T[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length === length ? [value as unknown as T] : [];
  } catch {
    return [];
  }
}
