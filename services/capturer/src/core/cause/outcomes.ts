/** What a message leads to at once: how many deeds of each kind, by port; of port 0 answers. */
export type Outcome = ReadonlyMap<number, number>;

export const NOTHING: Outcome = new Map();

const MAX_KINDS = 1024;
const MAX_WAYS = 16;
/** So often something must have been seen, and so much of it in one way, before that is what it leads to. */
const FEWEST = 16;
const USUAL = 0.95;
/** When so much was seen, all counts for half: how a program began says little of how it goes on. */
const ENOUGH = 40;

interface Seen {
  total: number;
  readonly ways: Map<string, { readonly outcome: Outcome; count: number }>;
}

/** What messages of a kind lead to in a program, learnt from those that came alone. */
export class Outcomes {
  readonly #seen = new Map<string, Seen>();

  saw(kind: string, outcome: Outcome): void {
    let seen = this.#seen.get(kind);
    if (seen === undefined) {
      if (this.#seen.size >= MAX_KINDS) this.#seen.clear();
      seen = { total: 0, ways: new Map() };
      this.#seen.set(kind, seen);
    }
    if (seen.total >= ENOUGH) fade(seen);
    seen.total++;
    const name = nameOf(outcome);
    const way = seen.ways.get(name);
    if (way) way.count++;
    else if (seen.ways.size < MAX_WAYS) seen.ways.set(name, { outcome: new Map(outcome), count: 1 });
  }

  /** What it always leads to, or nearly so; undefined where that is not known, or differs. */
  usual(kind: string): Outcome | undefined {
    const seen = this.#seen.get(kind);
    if (seen === undefined || seen.total < FEWEST) return undefined;
    for (const { outcome, count } of seen.ways.values()) if (count >= USUAL * seen.total) return outcome;
    return undefined;
  }
}

function fade(seen: Seen): void {
  seen.total = 0;
  for (const [name, way] of seen.ways) {
    way.count >>= 1;
    seen.total += way.count;
    if (way.count === 0) seen.ways.delete(name);
  }
}

function nameOf(outcome: Outcome): string {
  return [...outcome]
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a - b)
    .map((entry) => entry.join(':'))
    .join(' ');
}
