import { WordTable, wordOfHex } from '@flowloom/records';

export interface TraceLimits {
  /** Most spans of one trace. */
  readonly maxTraceSpans: number;
  /** Longest time from the first to the last start in one trace. */
  readonly maxTraceAgeUs: number;
}

/** Most traces of a generation; two are held. */
const MAX_TRACES = 200_000;

/** What traces have spent, by columns: nothing of it is an object of its own. */
class Generation {
  readonly #table = new WordTable(4);
  spans = new Uint32Array(1024);
  firstUs = new Float64Array(1024);

  /** Number of the trace, -1 where it is unknown. */
  find(traceId: string): number {
    this.#write(traceId);
    return this.#table.find();
  }

  get isFull(): boolean {
    return this.#table.length >= MAX_TRACES;
  }

  set(traceId: string, spans: number, firstUs: number): void {
    this.#write(traceId);
    const number = this.#table.add();
    if (number === this.spans.length) {
      this.spans = grown(this.spans, new Uint32Array(2 * number));
      this.firstUs = grown(this.firstUs, new Float64Array(2 * number));
    }
    this.spans[number] = spans;
    this.firstUs[number] = firstUs;
  }

  #write(traceId: string): void {
    const { key } = this.#table;
    for (let i = 0; i < 4; i++) key[i] = wordOfHex(traceId, 8 * i);
  }
}

function grown<A extends Uint32Array | Float64Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

/**
 * Keeps one trace from growing for ever where an id is used again and again (a header that an application never renews,
 * a connection that lives for days).
 */
export class TraceBudget {
  readonly #limits: TraceLimits;
  #young = new Generation();
  #old = new Generation();

  constructor(limits: TraceLimits) {
    this.#limits = limits;
  }

  /** Why these spans may not join the trace; '' where they may, and then they count. */
  spend(traceId: string, spans: number, startUs: number): '' | 'size' | 'age' {
    let from = this.#young;
    let number = from.find(traceId);
    if (number < 0) {
      from = this.#old;
      number = from.find(traceId);
    }
    const before = number < 0 ? 0 : from.spans[number];
    const firstUs = number < 0 ? startUs : from.firstUs[number];
    if (before > 0 && before + spans > this.#limits.maxTraceSpans) return 'size';
    if (startUs - firstUs > this.#limits.maxTraceAgeUs) return 'age';
    if (this.#young.isFull) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.set(traceId, before + spans, Math.min(firstUs, startUs));
    return '';
  }
}
