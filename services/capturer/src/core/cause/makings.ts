import { keep } from './keep.ts';

const MAX_KINDS = 1024;
const MAX_COUNTS = 8;

/** How many asynchronous resources what goes on with a message of each kind has made in one go: not always as many. */
export class Makings {
  readonly #counts = new Map<string, Set<number>>();

  has(kind: string, count: number): boolean {
    return this.#counts.get(kind)?.has(count) === true;
  }

  saw(kind: string, count: number): void {
    const counts = this.#counts.get(kind) ?? keep(this.#counts, kind, new Set(), MAX_KINDS);
    if (counts.size === MAX_COUNTS) counts.clear();
    counts.add(count);
  }
}
