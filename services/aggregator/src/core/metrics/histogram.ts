/** Upper bounds in seconds, inclusive, from what a switch adds to what a person waits for. */
export const durationBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** A cumulative histogram of durations. */
export class DurationHistogram {
  readonly counts = new Float64Array(durationBounds.length + 1);
  count = 0;
  sum = 0;
  max = 0;

  record(seconds: number): void {
    let bucket = 0;
    while (bucket < durationBounds.length && seconds > durationBounds[bucket]) bucket++;
    this.counts[bucket]++;
    this.count++;
    this.sum += seconds;
    if (seconds > this.max) this.max = seconds;
  }
}
