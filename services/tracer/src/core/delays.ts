/** Two for each doubling, from 8 µs on: 64 reach beyond a day. */
const BUCKETS = 64;
const PER_DOUBLING = 2;
const LEAST_US = 8;
const FIRST = Math.log2(LEAST_US) * PER_DOUBLING;
/** What every bucket is given beforehand: nothing is impossible because it was not seen yet. */
const PRIOR = 0.02;

/** How long something takes, learnt from examples: a histogram over the logarithm, smoothed over neighbours. */
export class Delays {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(us: number): void {
    this.#counts[bucketOf(us)]++;
    this.#total++;
  }

  /** Logarithm of how likely this delay's bucket is. */
  logLikelihood(us: number): number {
    const bucket = bucketOf(us);
    const counts = this.#counts;
    const beside = (bucket > 0 ? counts[bucket - 1] : 0) + (bucket < BUCKETS - 1 ? counts[bucket + 1] : 0);
    const smoothed = counts[bucket] / 2 + beside / 4;
    return Math.log((smoothed + PRIOR) / (this.#total + BUCKETS * PRIOR));
  }
}

function bucketOf(us: number): number {
  const bucket = Math.floor(Math.log2(Math.max(us, 0) + LEAST_US) * PER_DOUBLING - FIRST);
  return Math.min(bucket, BUCKETS - 1);
}
