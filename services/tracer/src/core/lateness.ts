import type { Observation } from './observation.ts';
import { isOfProcess } from './path.ts';

/**
 * How far the rows are behind what they tell of. On a machine that is too busy, one of a capturer's two sources may be seconds behind
 * the other: processes and packets are looked at apart, and the one that is farther behind counts. One time for all capturers: who
 * waits too long is late, who does not wait is wrong.
 */
export class Lateness {
  readonly #packets = new Source();
  readonly #processes = new Source();

  see(row: Observation): void {
    // What was given up at a time-out ended long before it was told.
    if (row.has_response || row.is_one_way) (isOfProcess(row) ? this.#processes : this.#packets).see(row.end_us);
  }

  /** The rows of a batch have been seen. */
  batchEnds(nowUs: number): void {
    this.#packets.batchEnds(nowUs);
    this.#processes.batchEnds(nowUs);
  }

  /** Microseconds, of the latest batches; 0 where clocks are apart the other way. */
  get behindUs(): number {
    return Math.max(this.#packets.behindUs, this.#processes.behindUs);
  }
}

class Source {
  behindUs = 0;
  #latestUs = 0;

  see(endUs: number): void {
    if (endUs > this.#latestUs) this.#latestUs = endUs;
  }

  batchEnds(nowUs: number): void {
    if (this.#latestUs > 0) this.behindUs = Math.max(0, nowUs - this.#latestUs);
    this.#latestUs = 0;
  }
}
