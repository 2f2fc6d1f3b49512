import { keepAll, type SamplingRules } from './tail-sampler.ts';
import type { TraceLimits } from './trace-budget.ts';

/** Times are on the clock that the caller gives to `add` and `advance`. */
export interface TracerOptions extends TraceLimits {
  /** How long after its last observation an exchange is exported. */
  readonly settleUs: number;
  /** How long an exchange waits for a parent that is known but not seen. */
  readonly parentWaitUs: number;
  /** Most open exchanges; beyond that the oldest are exported early. */
  readonly maxOpenExchanges: number;
  /** Whether a request of which no cause was observed is put below the only or by far likeliest one that its host had open. */
  readonly inferParents: boolean;
  /** Largest request that is handed out; a larger trace becomes several. */
  readonly maxRequestBytes: number;
  /** Which traces are handed out. */
  readonly sampling: SamplingRules;
}

export const defaultTracerOptions: TracerOptions = {
  settleUs: 5e6,
  parentWaitUs: 60e6,
  maxOpenExchanges: 200_000,
  inferParents: true,
  maxRequestBytes: 950_000,
  sampling: keepAll,
  maxTraceSpans: 5_000,
  maxTraceAgeUs: 15 * 60e6,
};

/** What a tracer reports besides its spans; each counts exchanges unless it says otherwise. */
export type TracerEvent =
  | { readonly type: 'late'; readonly observations: number }
  /** Observations that had been exported already: a record was read again. */
  | { readonly type: 'repeated'; readonly observations: number }
  | { readonly type: 'parent_missing' }
  | { readonly type: 'parent_cycle' }
  | { readonly type: 'trace_split'; readonly reason: 'size' | 'age' }
  /** A single span that no request may hold. */
  | { readonly type: 'span_dropped'; readonly bytes: number }
  /** Traces that no rule of sampling keeps. */
  | { readonly type: 'sampled_out'; readonly spans: number }
  | { readonly type: 'forced'; readonly exchanges: number };
