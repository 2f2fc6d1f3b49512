import { keep } from './keep.ts';

const MAX_KINDS = 1024;
const MAX_COUNTS = 8;
/** For each time that several have not made as many there must be so many when they may have. */
const EVEN = 8;
/** When so much was seen, all counts for half. */
const ENOUGH = 64;

interface Kind {
  readonly counts: Set<number>;
  /** How often what several have made together could be divided among them, and how often not. */
  even: number;
  uneven: number;
}

/** How many asynchronous resources what goes on with a message of each kind has made in one go: not always as many. */
export class Makings {
  readonly #kinds = new Map<string, Kind>();

  /** Whether each of several may have made so many. */
  has(kind: string, count: number): boolean {
    const known = this.#kinds.get(kind);
    return known?.counts.has(count) === true && known.uneven * EVEN <= known.even;
  }

  saw(kind: string, count: number): void {
    const { counts } = this.#of(kind);
    if (counts.size === MAX_COUNTS) counts.clear();
    counts.add(count);
  }

  /** @param each so many of each, if they have made as many */
  sawSeveral(kind: string, each: number): void {
    const known = this.#of(kind);
    if (Number.isInteger(each)) {
      known.even++;
      this.saw(kind, each);
    } else known.uneven++;
    if (known.even + known.uneven < ENOUGH) return;
    known.even >>= 1;
    known.uneven >>= 1;
  }

  #of(kind: string): Kind {
    return this.#kinds.get(kind) ?? keep(this.#kinds, kind, { counts: new Set(), even: 0, uneven: 0 }, MAX_KINDS);
  }
}
