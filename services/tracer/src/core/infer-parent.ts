import type { Exchange } from './exchange.ts';
import { defaultLinkStore, type LinkStore } from './link-store.ts';
import { hostNames, type OpenRequest, parseOpenRequest, processAt } from './open-requests.ts';
import { bucketsAt } from './time-buckets.ts';

/** Share of right parents among those that `only_open_request` gave, measured by `testing/score-inference.ts`. */
export const CONFIDENCE = 0.99;

/**
 * A request that ended so shortly before its child is no parent, but makes another one doubtful: what is sent and what is
 * answered are not always seen in their order.
 */
const SLACK_US = 1_000;

/** A set that is full may lack the one that matters. */
const MAX_MEMBERS = defaultLinkStore.maxMembers;

/**
 * The request that caused an exchange of which nothing was observed that says so: the only one that its host had open
 * from the begin of the exchange to its end. None where there are several, or too many to know.
 *
 * What no guess breaks: the child lies inside its parent, an answered request starts nothing, a child has one parent.
 * Both were seen by one capturer, so one clock orders them.
 */
export async function inferParents(
  children: readonly Exchange[],
  store: LinkStore,
): Promise<(OpenRequest | undefined)[]> {
  const keys = children.map(keysOf);
  const wanted = [...new Set(keys.flat())];
  if (wanted.length === 0) return children.map(() => undefined);
  const members = await store.members(wanted);
  // Many children of one host ask for the same buckets: those are read once.
  const open = new Map(wanted.map((key, i) => [key, readBucket(members[i])]));
  return children.map((child, i) =>
    onlyOpen(
      child,
      keys[i].map((key) => open.get(key)),
    ),
  );
}

function keysOf(exchange: Exchange): string[] {
  const { row } = exchange.first;
  // Without an answer its end is not known, unless it ended at once.
  if (!row.has_request || !(row.has_response || row.is_one_way)) return [];
  const names = hostNames(row.client.vpc, row.client_ip, row.agent, processAt(exchange, 'client'));
  const buckets = bucketsAt(row.start_us);
  return names.flatMap((name) => buckets.map((bucket) => name + bucket));
}

function readBucket(members: readonly string[]): OpenRequest[] | undefined {
  if (members.length >= MAX_MEMBERS) return undefined;
  return members.flatMap((text) => parseOpenRequest(text) ?? []);
}

function onlyOpen(child: Exchange, buckets: readonly (OpenRequest[] | undefined)[]): OpenRequest | undefined {
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
  let only: OpenRequest | undefined;
  for (const one of byExchange.values()) {
    if (!mayHaveCaused(one, child)) continue;
    if (only !== undefined) return undefined;
    only = one;
  }
  return only && isParent(only, child) ? only : undefined;
}

function isParent(one: OpenRequest, { first: { row } }: Exchange): boolean {
  return one.requestId !== '' && one.agent === row.agent && row.start_us >= one.startUs && row.end_us <= one.endUs;
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
  const { row } = child.first;
  if (parent.agent !== row.agent) return true;
  const process = processAt(child, 'client');
  if (process !== 0 && parent.processId !== 0 && process !== parent.processId) return false;
  return row.start_us >= parent.startUs - SLACK_US && row.end_us <= parent.endUs + SLACK_US;
}
