/** What an answer to a call leads to at once: the answer to a request, further calls. Neither: it is waited for something. */
export interface Outcome {
  readonly answers: boolean;
  readonly calls: boolean;
}

export const outcomes: readonly Outcome[] = [
  { answers: false, calls: false },
  { answers: true, calls: false },
  { answers: false, calls: true },
];

const MAX_KINDS = 1024;
/** So often something must have been seen before it is usual, and others less than this share. */
const FEWEST = 5;
const MOST_OTHERS = 0.02;

/** What messages of a kind usually lead to in a program, learnt from those that came alone. */
export class Outcomes {
  readonly #seen = new Map<string, { total: number; answers: number; calls: number }>();

  saw(kind: string, { answers, calls }: Outcome): void {
    let seen = this.#seen.get(kind);
    if (seen === undefined) {
      if (this.#seen.size >= MAX_KINDS) this.#seen.clear();
      seen = { total: 0, answers: 0, calls: 0 };
      this.#seen.set(kind, seen);
    }
    seen.total++;
    seen.answers += Number(answers);
    seen.calls += Number(calls);
  }

  /** Whether that is not unusual. */
  mayBe(kind: string, { answers, calls }: Outcome): boolean {
    const seen = this.#seen.get(kind);
    if (seen === undefined || seen.total < FEWEST) return true;
    const share = (count: number, does: boolean): number => (does ? count : seen.total - count) / seen.total;
    return share(seen.answers, answers) > MOST_OTHERS && share(seen.calls, calls) > MOST_OTHERS;
  }
}
