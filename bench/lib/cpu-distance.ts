import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** Words that both threads see: whose turn it is, how many turns are left to answer. */
const [turn, turns] = [0, 1];
const exchanges = 10_000;

if (!isMainThread) {
  const words = new Int32Array(workerData as SharedArrayBuffer);
  for (;;) {
    Atomics.wait(words, turns, 0);
    for (let left = Atomics.load(words, turns); left > 0; left--) {
      while (Atomics.load(words, turn) === 0);
      Atomics.store(words, turn, 0);
    }
    Atomics.store(words, turns, 0);
  }
}

/** Distances that differ less are alike. */
const alikeTimes = 1.3;

/** What was measured, with the distance between the CPUs before and after it, ns. */
export interface Placed {
  readonly distancesNs: readonly [number, number];
}

/** Those that have their like among the others, when the CPUs were as far from each other all the time, each with these. */
export function likeWithLike<T extends Placed>(ones: readonly T[], others: readonly T[]): { one: T; likes: T[] }[] {
  const areAlike = (a: number, b: number) => Math.max(a, b) < alikeTimes * Math.min(a, b);
  const isSteady = ({ distancesNs }: T) => areAlike(...distancesNs);
  const steady = others.filter(isSteady);
  const likesOf = (one: T) => steady.filter((other) => areAlike(one.distancesNs[0], other.distancesNs[0]));
  const pairs = ones.filter(isSteady).map((one) => ({ one, likes: likesOf(one) }));
  return pairs.filter(({ likes }) => likes.length > 0);
}

/**
 * How far two CPUs are apart: the time in which a word goes from one thread to another and back. A virtual machine's CPUs are now on one
 * core or cache, now on two, for seconds at a time; what client and server need for each other differs by a quarter between the two.
 */
export class CpuDistance {
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker = new Worker(fileURLToPath(import.meta.url), { workerData: this.#words.buffer });

  constructor() {
    this.#worker.unref();
  }

  /** Least of some tries, ns. */
  ns(): number {
    return Math.min(...Array.from({ length: 5 }, () => this.#once()));
  }

  #once(): number {
    while (Atomics.load(this.#words, turns) !== 0);
    Atomics.store(this.#words, turns, exchanges);
    Atomics.notify(this.#words, turns);
    const began = performance.now();
    for (let i = 0; i < exchanges; i++) {
      Atomics.store(this.#words, turn, 1);
      while (Atomics.load(this.#words, turn) !== 0);
    }
    return ((performance.now() - began) * 1e6) / exchanges;
  }
}
