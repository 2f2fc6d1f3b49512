import type { Exchange } from './exchange.ts';
import { headerOf } from './header-context.ts';
import type { Observation } from './observation.ts';
import type { Entries } from './texts.ts';

/**
 * A token is a text that a proxy passes on from the request that it gets to the ones that it sends: the X-Request-ID, or
 * a trace header that it leaves as it is. An exchange offers itself as a parent under each of its tokens.
 */
export interface Candidate {
  /** The same for all views of one exchange. */
  readonly exchange: string;
  readonly requestId: string;
  readonly startUs: number;
  readonly endUs: number;
  /** What names the host that answered. */
  readonly hosts: readonly string[];
  /** Capturer that saw the request arrive at that host itself; '' where none did. */
  readonly agent: string;
}

/** Short ids are counters, and meet by chance. */
const MIN_REQUEST_ID = 8;
const MAX_TOKEN = 256;

/** Long enough to be unique by itself: then the capturer's word is enough that both ends are on one host. */
const UNIQUE_REQUEST_ID = 16;

/** Clocks of two capturers: a child may seem to begin this long outside its parent. */
const CLOCK_TOLERANCE_US = 1e6;

const SERVER_END = new Set(['s', 's-p']);
const CLIENT_END = new Set(['c', 'c-p']);

const UNSAMPLED = 'u:';

export function traceHeaderToken(exchange: Exchange): string {
  const header = headerOf(exchange);
  return header ? `h:${header.traceId}:${header.spanId}` : '';
}

/** In a trace that is not sampled nobody exports the spans that its headers name: only the trace itself is known. */
export function unsampledToken(exchange: Exchange): string {
  const header = headerOf(exchange);
  return header?.isSampled === false ? `${UNSAMPLED}${header.traceId}` : '';
}

export function requestIdToken(exchange: Exchange): string {
  for (const row of exchange.observations) if (isRequestId(row.x_request_id)) return `x:${row.x_request_id}`;
  return '';
}

/** Adds what an exchange can be found by as a parent. A proxy that makes the id itself shows it in the response. */
export function offerTokens(exchange: Exchange, entries: Entries): void {
  const tokens = tokensOf(exchange);
  if (tokens.length === 0) return;
  const { last } = exchange;
  const candidate: Candidate = {
    exchange: exchange.key,
    requestId: last.request_id,
    startUs: last.start_us,
    endUs: last.end_us,
    hosts: [...hostsOf(exchange, 'server')].sort(),
    agent: SERVER_END.has(last.observation_point) ? last.agent : '',
  };
  const member = JSON.stringify(candidate);
  for (const token of new Set(tokens)) entries.push(`t:${token}`, member);
}

function tokensOf(exchange: Exchange): string[] {
  if (!exchange.hasToken) return [];
  const answered = exchange.observations.find((row) => isRequestId(row.x_request_id_response));
  const response = answered ? `x:${answered.x_request_id_response}` : '';
  return [traceHeaderToken(exchange), unsampledToken(exchange), requestIdToken(exchange), response].filter(Boolean);
}

/** Reads what `offerTokens` wrote; what anyone else wrote is left out. */
export function parseCandidates(members: readonly string[]): Candidate[] {
  return members.flatMap((member) => {
    try {
      const candidate = JSON.parse(member) as Candidate;
      return typeof candidate?.requestId === 'string' && Array.isArray(candidate.hosts) ? [candidate] : [];
    } catch {
      return [];
    }
  });
}

/**
 * The candidate that made its host send this exchange: the same host, begun within the candidate's time. Of several the
 * one that names the host best, then the one that began last: the innermost.
 */
export function choose(exchange: Exchange, token: string, candidates: readonly Candidate[]): Candidate | undefined {
  if (candidates.length === 0) return undefined;
  const { first } = exchange;
  const hosts = hostsOf(exchange, 'client');
  const own = new Set(exchange.observations.map((row) => row.request_id));
  const isUnique = token.length - 2 >= UNIQUE_REQUEST_ID;
  let best: Candidate | undefined;
  let bestIsNamed = false;
  for (const candidate of candidates) {
    if (own.has(candidate.requestId) || candidate.exchange === exchange.key || !contains(candidate, first)) continue;
    const isNamed = candidate.hosts.some((host) => hosts.has(host));
    const sameAgent = candidate.agent === first.agent && CLIENT_END.has(first.observation_point);
    if (!isNamed && !(isUnique && sameAgent)) continue;
    // A whole trace goes through a host in several requests at once: then nothing says which of them.
    if (best !== undefined && best.exchange !== candidate.exchange && token.startsWith(UNSAMPLED)) return undefined;
    if (best === undefined || isBetter(candidate, isNamed, best, bestIsNamed)) {
      best = candidate;
      bestIsNamed = isNamed;
    }
  }
  return best;
}

function isBetter(one: Candidate, oneIsNamed: boolean, other: Candidate, otherIsNamed: boolean): boolean {
  if (oneIsNamed !== otherIsNamed) return oneIsNamed;
  if (one.startUs !== other.startUs) return one.startUs > other.startUs;
  return one.requestId < other.requestId;
}

function contains(candidate: Candidate, row: Observation): boolean {
  const tolerance = candidate.agent === row.agent ? 0 : CLOCK_TOLERANCE_US;
  return row.start_us >= candidate.startUs - tolerance && row.start_us <= candidate.endUs + tolerance;
}

function isRequestId(text: string): boolean {
  return text.length >= MIN_REQUEST_ID && text.length <= MAX_TOKEN;
}

/** Names of the host at one end: its addresses, pod and resource, as far as the tagger knew them. */
function hostsOf(exchange: Exchange, side: 'client' | 'server'): Set<string> {
  const hosts = new Set<string>();
  for (const row of exchange.observations) {
    const { vpc, pod, cluster, namespace, resource_type, resource_name } = row[side];
    const ip = side === 'client' ? row.client_ip : row.server_ip;
    if (ip !== '' && !ip.startsWith('127.') && ip !== '::1') hosts.add(`${vpc}/${ip}`);
    if (pod !== '') hosts.add(`pod/${cluster}/${namespace}/${pod}`);
    else if (resource_type === 'vm') hosts.add(`vm/${vpc}/${resource_name}`);
  }
  return hosts;
}
