import type { RequestRow } from '@flowloom/otlp';
import type { Exchange, Placement } from './exchange.ts';
import type { Entry, LinkStore } from './link-store.ts';
import { hostNames, processAt } from './open-requests.ts';

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
export function isLookup({ first: { row } }: Exchange): boolean {
  return row.protocol === 'dns' && (row.request_type === 'A' || row.request_type === 'AAAA') && row.has_response;
}

/** Makes an answered question findable by the addresses that it gave. */
export function offerLookup(exchange: Exchange, entries: Entry[]): void {
  const { row } = exchange.first;
  if (row.protocol !== 'dns' || !isLookup(exchange)) return;
  const member: Asked = [exchange.key, row.request_resource, row.end_us, row.agent];
  const text = JSON.stringify(member);
  const addresses = Array.from(row.response_result.matchAll(ANSWER), ([, address]) => address).slice(0, MAX_ADDRESSES);
  for (const host of hostsOf(exchange)) {
    for (const address of addresses) entries.push([answerKey(host, address, row.end_us), text]);
  }
}

/** Under which keys these exchanges are to be remembered, as requests to addresses that their hosts had asked for. */
export async function followedLookups(
  exchanges: readonly Exchange[],
  store: LinkStore,
): Promise<(readonly string[])[]> {
  const hosts = exchanges.map((exchange) => (isLookup(exchange) ? [] : hostsOf(exchange)));
  // Requests of one host to one address ask for the same keys: those are read once.
  const wanted = new Map<string, Asked[]>();
  for (const [i, { first }] of exchanges.entries()) {
    for (const host of hosts[i]) for (const key of answerKeys(host, first.row)) wanted.set(key, nobodyAsked);
  }
  const keys = [...wanted.keys()];
  if (keys.length === 0) return exchanges.map(() => followedNone);
  const members = await store.members(keys);
  let some = false;
  for (const [i, texts] of members.entries()) {
    if (texts.length === 0) continue;
    some = true;
    wanted.set(
      keys[i],
      texts.flatMap((text) => parse<Asked>(text, 4)),
    );
  }
  if (!some) return exchanges.map(() => followedNone);
  return exchanges.map(({ first: { row } }, i) => {
    const found = hosts[i].flatMap((host) =>
      answerKeys(host, row)
        .flatMap((key) => wanted.get(key)!)
        .filter(([, , , agent]) => agent === row.agent)
        .map(([, name]) => followersKey(host, name)),
    );
    return found.length === 0 ? followedNone : [...new Set(found)];
  });
}

const nobodyAsked: Asked[] = [];
const followedNone: readonly string[] = [];

/** Where the answers are kept that a request may have followed: those of its time and of the time before. */
function answerKeys(host: string, { server_ip, start_us }: RequestRow): string[] {
  return [answerKey(host, server_ip, start_us), answerKey(host, server_ip, start_us - BUCKET_US)];
}

/** What a lookup needs to know of a request that followed. */
export function followerEntry(exchange: Exchange, placement: Placement, spanId: string): string {
  const { row } = exchange.first;
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
    hostsOf(exchange).map((host) => followersKey(host, exchange.first.row.request_resource)),
  );
  const flat = keys.flat();
  if (flat.length === 0) return lookups.map(() => undefined);
  const members = await store.members(flat);
  let at = 0;
  return lookups.map((lookup, i) => {
    const followers = keys[i].flatMap(() => members[at++].flatMap((text) => parse<Follower>(text, 8)));
    return placeOf(lookup, followers);
  });
}

function placeOf({ first: { row } }: Exchange, followers: readonly Follower[]): Placement | undefined {
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
  if (parentSpanId === '') {
    const related = [{ traceId, spanId, reason: 'resolved_for' as const }];
    return { traceId: '', parentSpanId: '', link: '', rule: '', confidence: 0, related };
  }
  return {
    traceId,
    parentSpanId,
    link: 'inferred',
    rule: 'resolved_address',
    confidence: LOOKUP_CONFIDENCE,
    clock: { agent, correctionUs },
  };
}

function hostsOf(exchange: Exchange): string[] {
  const { row } = exchange.first;
  return hostNames(row.client.vpc, row.client_ip, row.agent, processAt(exchange, 'client'));
}

function answerKey(host: string, address: string, us: number): string {
  return `n:${host}${address}|${Math.floor(us / BUCKET_US)}`;
}

/** Reads what was written here; what anyone else wrote is left out. */
function parse<T extends readonly unknown[]>(text: string, length: number): T[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length === length ? [value as unknown as T] : [];
  } catch {
    return [];
  }
}
