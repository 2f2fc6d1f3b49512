import type { Exchange } from './exchanges.ts';
import type { Truth } from './truth.ts';

/** What was found, edge by edge: an edge leads from a request to the one that caused it. */
export interface Score {
  readonly edges: number;
  readonly right: number;
  /** A parent that is not the cause; also any parent of a request that the load generator sent. */
  readonly wrong: number;
  readonly missing: number;
  /** Requests that are in no span at all; their edges count as missing. */
  readonly unseen: number;
  readonly traces: number;
  /** Traces that hold all requests of their root, each at its place, and no other. */
  readonly wholeTraces: number;
  /** Requests in a trace of another root. */
  readonly foreign: number;
  /** By the rule that linked: right and wrong edges; '' for requests left without a parent. */
  readonly rules: ReadonlyMap<string, { right: number; wrong: number; missing: number }>;
  /** Some of the wrong and missing ones, for a person. */
  readonly examples: readonly string[];
}

const EXAMPLES = 10;

/** Compares the exchanges in exported spans with the truth, for the requests below these roots. All by the key `id@port`. */
export function score(truth: Truth, exchanges: ReadonlyMap<string, Exchange>, roots: readonly string[]): Score {
  const wanted = new Set(roots);
  const rules = new Map<string, { right: number; wrong: number; missing: number }>();
  const examples: string[] = [];
  const broken = new Set<string>();
  const traces = new Set<string>();
  let edges = 0;
  const totals = { right: 0, wrong: 0, missing: 0, unseen: 0, foreign: 0 };
  for (const [key, cause] of truth.causes) {
    const root = truth.rootOf(key);
    if (!wanted.has(truth.originOf(root))) continue;
    traces.add(root);
    if (cause !== undefined) edges++;
    const found = exchanges.get(key);
    const outcome =
      found === undefined ? 'missing' : found.parent === cause ? 'right' : found.parent ? 'wrong' : 'missing';
    if (found === undefined) totals.unseen++;
    if (outcome !== 'right') {
      broken.add(root);
      const rule = found?.rule ? ` by ${found.rule}` : '';
      if (examples.length < EXAMPLES)
        examples.push(`${outcome}${rule}: ${key} has ${found?.parent}, caused by ${cause}`);
    }
    if (found && found.traceId !== exchanges.get(root)?.traceId && found.parent) totals.foreign++;
    if (cause === undefined && outcome === 'right') continue; // a root without a parent is no edge
    totals[outcome]++;
    const rule = found?.rule ?? '';
    const tally = rules.get(rule) ?? { right: 0, wrong: 0, missing: 0 };
    tally[outcome]++;
    rules.set(rule, tally);
  }
  return { ...totals, edges, traces: traces.size, wholeTraces: traces.size - broken.size, rules, examples };
}
