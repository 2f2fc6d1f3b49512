import type { LinkStore } from './link-store.ts';
import type { Origin } from './rows.ts';
import { Entries, Texts } from './texts.ts';
import type { FinishedTrace } from './tracer.ts';

/** Which traces are kept. */
export interface SamplingRules {
  /** Share of all traces that are kept whatever they hold: 1 keeps everything, and nothing waits. */
  readonly rate: number;
  /** Whether a trace with an error is kept. */
  readonly keepErrors: boolean;
  /** A trace with a request that took as long is kept; 0: duration does not matter. */
  readonly slowUs: number;
  /** How long after its first part a trace is decided. */
  readonly waitUs: number;
  /** Most bytes that wait; beyond that the oldest traces are decided early. */
  readonly maxBytes: number;
}

export const keepAll: SamplingRules = { rate: 1, keepErrors: true, slowUs: 0, waitUs: 10e6, maxBytes: 64 * 2 ** 20 };

/** What was exported of one trace in one go. */
export interface Part {
  readonly requests: readonly FinishedTrace[];
  readonly hasError: boolean;
  /** The longest request. */
  readonly longestUs: number;
  /** Where its rows came from: they are held until the trace is decided. */
  readonly origins: readonly Origin[];
  /** What the link store is told once the trace is decided; absent where it need not wait for that. */
  readonly links: Entries | undefined;
}

interface Undecided {
  readonly parts: Part[];
  readonly dueUs: number;
  isWanted: boolean;
}

export interface Decided {
  readonly kept: Part[];
  readonly dropped: Part[];
}

const KEPT = '1';
const DROPPED = '0';

/**
 * Decides over whole traces: by a share that depends on the trace's id alone, so that every process and every replay
 * keeps the same ones, and by what was seen in them. Parts of a trace wait for each other; the decision is left in the
 * link store, and whatever comes later, here or in another process, follows it: no span is kept without its parent.
 */
export class TailSampler {
  readonly #rules: SamplingRules;
  readonly #store: LinkStore;
  readonly #undecided = new Map<string, Undecided>();
  /** Traces that are to be kept, and nobody was told so. */
  #wanted: string[] = [];
  #bytes = 0;

  constructor(rules: SamplingRules, store: LinkStore) {
    this.#rules = rules;
    this.#store = store;
  }

  add(traceId: string, part: Part, nowUs: number): void {
    let trace = this.#undecided.get(traceId);
    if (trace === undefined) {
      trace = { parts: [], dueUs: nowUs + this.#rules.waitUs, isWanted: isInShare(traceId, this.#rules.rate) };
      this.#undecided.set(traceId, trace);
    }
    trace.parts.push(part);
    this.#bytes += bytesOf(part);
    if (trace.isWanted || !this.#isStriking(part)) return;
    trace.isWanted = true;
    this.#wanted.push(verdictKey(traceId));
  }

  /** The traces that are decided by now; all of them if this is the end. */
  async take(nowUs: number, isLast: boolean): Promise<Decided> {
    if (this.#wanted.length > 0) await this.#store.set(await this.#keptOf(this.#wanted));
    this.#wanted = [];
    const due: [string, Undecided][] = [];
    for (const one of this.#undecided) {
      const [traceId, trace] = one;
      if (!isLast && trace.dueUs > nowUs && this.#bytes <= this.#rules.maxBytes) break;
      due.push(one);
      this.#undecided.delete(traceId);
      for (const part of trace.parts) this.#bytes -= bytesOf(part);
    }
    if (due.length === 0) return { kept: [], dropped: [] };
    return this.#decide(due);
  }

  async #decide(due: readonly [string, Undecided][]): Promise<Decided> {
    const keys = Texts.of(due.map(([traceId]) => verdictKey(traceId)));
    const verdicts = await this.#store.get(keys);
    const isKept = due.map(([, { isWanted }], i) => (verdicts[i] === undefined ? isWanted : verdicts[i] === KEPT));
    const news = new Entries();
    for (const [i, verdict] of verdicts.entries()) {
      if (verdict === undefined) news.push(keys.get(i), isKept[i] ? KEPT : DROPPED);
    }
    await this.#store.set(news);
    const parts = (wanted: boolean) => due.filter((_, i) => isKept[i] === wanted).flatMap(([, one]) => one.parts);
    return { kept: parts(true), dropped: parts(false) };
  }

  /** Entries that say so, of those of which nothing else is known. */
  async #keptOf(wanted: readonly string[]): Promise<Entries> {
    const known = await this.#store.get(Texts.of(wanted));
    return Entries.of(wanted.filter((_, i) => known[i] === undefined).map((key) => [key, KEPT]));
  }

  #isStriking({ hasError, longestUs }: Part): boolean {
    const { keepErrors, slowUs } = this.#rules;
    return (hasError && keepErrors) || (slowUs > 0 && longestUs >= slowUs);
  }
}

const verdictKey = (traceId: string): string => `k:${traceId}`;

const bytesOf = ({ requests }: Part): number => requests.reduce((sum, { request }) => sum + request.length, 0);

/** As W3C Trace Context Level 2 has it, the last 7 bytes of a trace id are random (section 2.2.3.2); 6 are enough. */
function isInShare(traceId: string, rate: number): boolean {
  return Number.parseInt(traceId.slice(-12), 16) < rate * 2 ** 48;
}
