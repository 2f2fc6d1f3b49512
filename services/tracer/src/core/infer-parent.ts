import { isPushed } from '@flowloom/records';
import { CallHabits, type Gap, type Pairing } from './call-habits.ts';
import type { Exchange } from './exchange.ts';
import { hostNames, processAt, writeHost } from './hosts.ts';
import { defaultLinkStore, type LinkStore } from './link-store.ts';
import type { Observation } from './observation.ts';
import { callKind, type OpenRequest, parseOpenRequest } from './open-requests.ts';
import { Texts } from './texts.ts';
import { bucketsAt } from './time-buckets.ts';

/** Share of right parents among those that were inferred, measured by `testing/score-inference.ts`, and rounded down. */
export const CONFIDENCE = 0.99;

/**
 * A request that ended so shortly before its child is no parent, but makes another one doubtful: what is sent and what is
 * answered are not always seen in their order.
 */
const SLACK_US = 1_000;

/** Requests of one key that began within as long are one, as different points saw it. */
const SAME_US = 1e6;

/** A set that is full may lack the one that matters. */
const MAX_MEMBERS = defaultLinkStore.maxMembers;

/** The likeliest parent is so much likelier than the next (logarithm), else there is none. */
const MARGIN = 6;
/** A likeliest parent that is less likely than this is none: the call was made for somebody else, or for nobody. */
const LEAST = -12;
/** What lies outside of a parent by less than the slack. */
const OUTSIDE = -10;
/** Of more the habits are not asked. */
const MAX_CANDIDATES = 64;
/** What is decided makes other parents impossible: then one looks again. */
const MAX_ROUNDS = 5;

export interface InferredParent {
  readonly requestId: string;
  readonly rule: 'only_open_request' | 'likeliest_open_request';
}

/** A call, and the requests that its host had open meanwhile. */
interface Candidates {
  readonly child: Exchange;
  readonly callee: string;
  /** Undefined where they are not known for sure. */
  readonly open: readonly OpenRequest[] | undefined;
}

/**
 * The request that caused an exchange of which nothing was observed that says so:
 * 1. the only one that its host had open from the begin of the exchange to its end;
 * 2. of several the one that is far likelier than all others, by what was learnt of such calls: which kinds of requests
 *    make them, how often, how soon after they begin and how long before they are done.
 *
 * None where there are too many to know, or too few examples. What no guess breaks: the child lies inside its parent, an
 * answered request starts nothing, a child has one parent. Both were seen by one capturer, so one clock orders them.
 */
export class ParentInference {
  readonly #store: LinkStore;
  readonly #habits = new CallHabits();

  constructor(store: LinkStore) {
    this.#store = store;
  }

  async infer(children: readonly Exchange[]): Promise<(InferredParent | undefined)[]> {
    const parents: (InferredParent | undefined)[] = new Array(children.length);
    const undecided = new Map<number, Candidates>();
    const all = await this.#candidates(children);
    for (const i of byTime(children)) {
      const candidates = all[i];
      if (candidates.open === undefined || candidates.open.length === 0) continue;
      if (candidates.open.length > 1) undecided.set(i, candidates);
      else parents[i] = this.#take(candidates, candidates.open[0], 'only_open_request');
    }
    for (let round = 0, before = 0; round < MAX_ROUNDS && undecided.size !== before; round++) {
      before = undecided.size;
      for (const [i, candidates] of undecided) {
        const likeliest = this.#likeliest(candidates);
        if (likeliest === undefined) continue;
        parents[i] = this.#take(candidates, likeliest, 'likeliest_open_request');
        if (parents[i]) undecided.delete(i);
      }
    }
    return parents;
  }

  async #candidates(children: readonly Exchange[]): Promise<Candidates[]> {
    const keys = new Texts();
    /** Where the keys of each child begin. */
    const starts = children.map((child) => {
      const start = keys.length;
      writeKeys(keys, child);
      return start;
    });
    const members = keys.length > 0 ? await this.#store.members(keys) : [];
    // Many children of one host ask for the same buckets: those are read once.
    const buckets = new Map<readonly string[], OpenRequest[] | undefined>();
    const read = (texts: readonly string[]): OpenRequest[] | undefined => {
      if (!buckets.has(texts)) buckets.set(texts, readBucket(texts));
      return buckets.get(texts);
    };
    return children.map((child, i) => {
      const own = members.slice(starts[i], starts[i + 1] ?? keys.length);
      const open = openMeanwhile(child, own.map(read));
      return { child, callee: open?.length ? callKind(child.first) : '', open };
    });
  }

  #take({ child, callee }: Candidates, parent: OpenRequest, rule: InferredParent['rule']): InferredParent | undefined {
    if (!isParent(parent, child)) return undefined;
    this.#habits.learn(pairing(parent, callee), gap(parent, child));
    return { requestId: parent.requestId, rule };
  }

  #likeliest({ child, callee, open }: Candidates): OpenRequest | undefined {
    if (open === undefined || open.length > MAX_CANDIDATES) return undefined;
    let best: OpenRequest | undefined;
    let most = LEAST;
    let next = Number.NEGATIVE_INFINITY;
    for (const one of open) {
      // By another clock, or a place that names no parent: how long before it began nobody can say.
      if (one.agent !== child.first.agent) return undefined;
      const likelihood = this.#likelihood(one, child, callee);
      if (Number.isNaN(likelihood)) return undefined;
      if (likelihood > most) {
        next = Math.max(next, best === undefined ? next : most);
        most = likelihood;
        best = one;
      } else next = Math.max(next, likelihood);
    }
    return most - next >= MARGIN ? best : undefined;
  }

  #likelihood(one: OpenRequest, child: Exchange, callee: string): number {
    const likelihood = this.#habits.logLikelihood(pairing(one, callee), gap(one, child));
    return isWithin(one, child) ? likelihood : likelihood + OUTSIDE;
  }
}

/** Indexes in an order that does not depend on that of arrival. */
function byTime(children: readonly Exchange[]): number[] {
  const compare = (a: Observation, b: Observation): number =>
    a.start_us - b.start_us || (a.request_id < b.request_id ? -1 : 1);
  return [...children.keys()].sort((a, b) => compare(children[a].first, children[b].first));
}

function pairing({ exchange, startUs, kind }: OpenRequest, callee: string): Pairing {
  return { parent: `${exchange} ${Math.round(startUs / SAME_US)}`, parentKind: kind, callee };
}

function gap({ startUs, endUs }: OpenRequest, { first: row }: Exchange): Gap {
  return { beforeUs: row.start_us - startUs, afterUs: endUs - row.end_us };
}

function writeKeys(keys: Texts, exchange: Exchange): void {
  const row = exchange.first;
  // Without an answer its end is not known, unless it ended at once. What a broker pushes nobody has asked for.
  if (!row.has_request || !(row.has_response || row.is_one_way) || isPushed(row)) return;
  for (const by of hostNames) {
    for (const bucket of bucketsAt(row.start_us)) {
      if (!writeHost(keys, by, exchange, 'client')) break;
      keys.text(bucket).end();
    }
  }
}

const noRequests: OpenRequest[] = [];

function readBucket(members: readonly string[]): OpenRequest[] | undefined {
  if (members.length === 0) return noRequests;
  if (members.length >= MAX_MEMBERS) return undefined;
  return members.flatMap((text) => parseOpenRequest(text) ?? []);
}

/** The requests that may have caused a child, each once; undefined where some may be missing. */
function openMeanwhile(
  child: Exchange,
  buckets: readonly (OpenRequest[] | undefined)[],
): readonly OpenRequest[] | undefined {
  const byExchange = new Map<string, OpenRequest>();
  for (const bucket of buckets) {
    if (bucket === undefined) return undefined;
    for (const one of bucket) {
      const other = byExchange.get(one.exchange);
      if (one.exchange !== child.key && (other === undefined || knowsMore(one, other))) {
        byExchange.set(one.exchange, one);
      }
    }
  }
  return [...byExchange.values()].filter((one) => mayHaveCaused(one, child));
}

function isParent(one: OpenRequest, child: Exchange): boolean {
  return one.requestId !== '' && one.agent === child.first.agent && isWithin(one, child);
}

function isWithin(one: OpenRequest, { first: row }: Exchange): boolean {
  return row.start_us >= one.startUs && row.end_us <= one.endUs;
}

/** Of two views of one exchange that nearer to the server: in path order, as in `byPath`. */
function knowsMore(one: OpenRequest, other: OpenRequest): boolean {
  const order =
    one.rank - other.rank ||
    other.endUs - other.startUs - (one.endUs - one.startUs) ||
    one.startUs - other.startUs ||
    (one.requestId < other.requestId ? -1 : 1);
  return order > 0;
}

/** Requests that another capturer saw, by a clock of its own, count as open: they only keep others from being the only one. */
function mayHaveCaused(parent: OpenRequest, child: Exchange): boolean {
  const row = child.first;
  if (parent.agent !== row.agent) return true;
  const process = processAt(child, 'client');
  if (process !== 0 && parent.processId !== 0 && process !== parent.processId) return false;
  return row.start_us >= parent.startUs - SLACK_US && row.end_us <= parent.endUs + SLACK_US;
}
