import { wordOfHex } from '@flowloom/records';
import type { Exchange, Placement } from './exchange.ts';
import { type HeaderContext, headerOf, messageContextOf } from './header-context.ts';
import { CONFIDENCE, type InferredParent, type ParentInference } from './infer-parent.ts';
import type { LinkStore } from './link-store.ts';
import { Texts } from './texts.ts';
import { type Candidate, choose, parseCandidates, requestIdToken, traceHeaderToken, unsampledToken } from './tokens.ts';

/** The request that caused an exchange, and how that is known. */
export interface Cause {
  /** The words of its request id. */
  readonly high: number;
  readonly low: number;
  readonly link: string;
  readonly rule: string;
  readonly confidence: number;
}

/** What the records say about what lies above an exchange. */
export interface Origins {
  /** The request that it belongs under, if any. */
  readonly cause: Cause | undefined;
  /** The application's own trace, if a header names one. */
  readonly header: HeaderContext | undefined;
  /** The header's span is the parent. Then a `cause` is only related. */
  readonly underHeader: boolean;
  /** Of a lookup of a name: the place of the request that it was made for. */
  beside?: Placement;
  /** The context that a received message carries: related. */
  readonly message?: HeaderContext;
}

/**
 * The rules, first that fits:
 * 1. a trace header that the process before passed on unchanged: below that process's request (link `header`);
 * 2. a trace header that names a span of a sampled trace: below that span of the application (link `header`); what is not
 *    sampled is not exported, and is no parent;
 * 3. the capturer saw which request made this process send this one: below it (link as the capturer says);
 * 4. the same X-Request-ID on both sides of a proxy: below the request that the proxy got (link `header`);
 * 5. a header of a trace that is not sampled: below the only request in that trace that its host had open (link `header`);
 * 6. a trace header without a span that is exported: a root in that trace;
 * 7. if wanted, the only request that its host had open meanwhile, or the likeliest by far: below it (link `inferred`);
 * 8. of a lookup of a name: beside the request to the answered address that followed (link `inferred`);
 * 9. none: a root.
 */
export async function originsOf(
  exchanges: readonly Exchange[],
  store: LinkStore,
  inference: ParentInference | undefined,
): Promise<Origins[]> {
  const known = await knownOrigins(exchanges, store);
  if (inference === undefined) return known;
  const open = [...known.keys()].filter((i) => known[i].cause === undefined && known[i].header === undefined);
  const parents = await inference.infer(open.map((i) => exchanges[i]));
  for (const [n, i] of open.entries()) {
    const parent = parents[n];
    if (parent) known[i] = { ...known[i], cause: byInference(parent) };
  }
  return known;
}

async function knownOrigins(exchanges: readonly Exchange[], store: LinkStore): Promise<Origins[]> {
  const tokens = exchanges.map(tokensOf);
  const wanted = [...new Set(tokens.flat())].filter(Boolean);
  const members = wanted.length > 0 ? await store.members(Texts.of(wanted.map((token) => `t:${token}`))) : [];
  // One token may be that of very many exchanges: its candidates are read once for all of them.
  const byToken = new Map(wanted.map((token, i) => [token, parseCandidates(members[i])]));
  return exchanges.map((exchange, i) => {
    if (!exchange.hasToken) return decide(exchange, undefined, undefined, undefined);
    const [header, requestId, sameTrace] = tokens[i].map((token) => choose(exchange, token, byToken.get(token) ?? []));
    return decide(exchange, header, requestId, sameTrace);
  });
}

const noTokens: readonly string[] = [];

function tokensOf(exchange: Exchange): readonly string[] {
  if (!exchange.hasToken) return noTokens;
  return [traceHeaderToken(exchange), requestIdToken(exchange), unsampledToken(exchange)];
}

function decide(
  exchange: Exchange,
  passedOn: Candidate | undefined,
  sameId: Candidate | undefined,
  sameTrace: Candidate | undefined,
): Origins {
  const header = headerOf(exchange);
  const observed = observedCause(exchange);
  const message = messageContextOf(exchange);
  if (message) return { header: undefined, underHeader: false, cause: observed, message };
  if (passedOn) return { header, underHeader: false, cause: byToken(passedOn, 'same_trace_header') };
  if (header?.spanId && header.isSampled !== false) return { header, underHeader: true, cause: observed };
  if (observed) return { header, underHeader: false, cause: observed };
  if (sameId) return { header, underHeader: false, cause: byToken(sameId, 'same_request_id') };
  return { header, underHeader: false, cause: sameTrace && byToken(sameTrace, 'same_trace') };
}

function byToken({ requestId }: Candidate, rule: string): Cause {
  return { ...wordsOf(requestId), link: 'header', rule, confidence: 0 };
}

function byInference({ requestId, rule }: InferredParent): Cause {
  return { ...wordsOf(requestId), link: 'inferred', rule, confidence: CONFIDENCE };
}

function wordsOf(requestId: string): Pick<Cause, 'high' | 'low'> {
  return { high: wordOfHex(requestId, 0), low: wordOfHex(requestId, 8) };
}

/** The parent that a capturer saw; the observation nearest to the client knows it best. */
function observedCause(exchange: Exchange): Cause | undefined {
  for (const row of exchange.observations) {
    const { parentHigh: high, parentLow: low } = row;
    if ((high | low) === 0) continue;
    return {
      high,
      low,
      link: row.link || 'observed',
      rule: row.link_rule || 'parent_request_id',
      confidence: row.link_confidence,
    };
  }
  return undefined;
}
