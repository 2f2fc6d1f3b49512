import type { SessionCounters } from './capture-session.ts';

/** The latest counters of each thread, and their sums for whoever looks. */
export class CaptureTotals {
  readonly #lanes: SessionCounters[] = [];

  set(lane: number, counters: SessionCounters): void {
    this.#lanes[lane] = counters;
  }

  sum(value: (counters: SessionCounters) => number): number {
    return this.#lanes.reduce((sum, counters) => sum + value(counters), 0);
  }

  /** Sums of counters by name. */
  byName(values: (counters: SessionCounters) => Readonly<Record<string, number>>): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const counters of this.#lanes) {
      for (const [name, value] of Object.entries(values(counters))) sums[name] = (sums[name] ?? 0) + value;
    }
    return sums;
  }
}
