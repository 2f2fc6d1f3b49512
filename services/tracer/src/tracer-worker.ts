import type { AssignedPartition } from '@flowloom/bus';
import type { PartitionTracer } from './partition-tracer.ts';
import type { EmitTracer } from './tracer.events.ts';

export interface TracerWorkerOptions {
  readonly advanceMs: number;
  /** False: what is open is published before a partition goes, as nobody keeps its rows. */
  readonly rowsAreKept: boolean;
  /** After this long everything that is known has settled. */
  readonly settleUs: number;
  readonly open: (partition: AssignedPartition) => PartitionTracer;
  readonly emit: EmitTracer;
  readonly nowUs?: () => number;
}

/** The partitions that this process traces, and the clock that drives them also when no rows come. */
export class TracerWorker {
  readonly #options: TracerWorkerOptions;
  readonly #partitions = new Map<AssignedPartition, { tracer: PartitionTracer; advancedUs: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: TracerWorkerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.advanceMs);
    this.#timer.unref();
  }

  get nowUs(): number {
    return (this.#options.nowUs ?? (() => Date.now() * 1000))();
  }

  get open(): number {
    return [...this.#partitions.values()].reduce((sum, { tracer }) => sum + tracer.open, 0);
  }

  of(partition: AssignedPartition): PartitionTracer {
    let held = this.#partitions.get(partition);
    if (held === undefined) {
      held = { tracer: this.#options.open(partition), advancedUs: this.nowUs };
      this.#partitions.set(partition, held);
    }
    return held.tracer;
  }

  /** After new rows: hands out what is settled if it is time to, so that a busy partition does not wait for the clock. */
  async advanceIfDue(partition: AssignedPartition): Promise<void> {
    const held = this.#partitions.get(partition);
    const { nowUs } = this;
    if (held === undefined || nowUs - held.advancedUs < this.#options.advanceMs * 1000) return;
    held.advancedUs = nowUs;
    await held.tracer.advance(nowUs);
  }

  async revoke(partition: AssignedPartition): Promise<void> {
    const held = this.#partitions.get(partition);
    this.#partitions.delete(partition);
    if (held && !this.#options.rowsAreKept) await held.tracer.flush();
  }

  /** Stops the clock. Where nobody keeps the rows, what is known goes now, parents first: then children find them. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#options.rowsAreKept) return;
    const settled = this.nowUs + 2 * this.#options.settleUs;
    for (let open = Number.POSITIVE_INFINITY; this.open > 0 && this.open < open; ) {
      open = this.open;
      for (const { tracer } of this.#partitions.values()) await tracer.advance(settled);
    }
  }

  #tick(): void {
    for (const partition of this.#partitions.keys()) {
      this.advanceIfDue(partition).catch((error: Error) =>
        this.#options.emit.advanceFailed({ partition: partition.partition, message: error.message }),
      );
    }
  }
}
