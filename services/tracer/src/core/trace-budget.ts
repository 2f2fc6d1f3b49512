export interface TraceLimits {
  /** Most spans of one trace. */
  readonly maxTraceSpans: number;
  /** Longest time from the first to the last start in one trace. */
  readonly maxTraceAgeUs: number;
}

const MAX_TRACES = 200_000;

interface Spent {
  spans: number;
  firstUs: number;
}

/**
 * Keeps one trace from growing for ever where an id is used again and again (a header that an application never renews,
 * a connection that lives for days).
 */
export class TraceBudget {
  readonly #limits: TraceLimits;
  #young = new Map<string, Spent>();
  #old = new Map<string, Spent>();

  constructor(limits: TraceLimits) {
    this.#limits = limits;
  }

  /** Why these spans may not join the trace; '' where they may, and then they count. */
  spend(traceId: string, spans: number, startUs: number): '' | 'size' | 'age' {
    const spent = this.#young.get(traceId) ?? this.#old.get(traceId) ?? { spans: 0, firstUs: startUs };
    if (spent.spans > 0 && spent.spans + spans > this.#limits.maxTraceSpans) return 'size';
    if (startUs - spent.firstUs > this.#limits.maxTraceAgeUs) return 'age';
    spent.spans += spans;
    spent.firstUs = Math.min(spent.firstUs, startUs);
    if (this.#young.size >= MAX_TRACES) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(traceId, spent);
    return '';
  }
}
