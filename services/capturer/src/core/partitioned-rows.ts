import { Batch, type Fields, type RecordType, RowMerger, SKIP } from '@flowloom/records';

/** Distributes rows over one batch per partition. */
export class PartitionedRows<F extends Fields> {
  readonly #type: RecordType<F>;
  readonly #merger: RowMerger;
  readonly #partitionOf: (batch: Batch<F>, row: number, partitions: number) => number;
  readonly #batches: (Batch<F> | undefined)[];
  #partitions = new Uint32Array(0);
  #targets = new Uint32Array(0);

  constructor(
    type: RecordType<F>,
    partitions: number,
    partitionOf: (batch: Batch<F>, row: number, partitions: number) => number,
  ) {
    this.#type = type;
    this.#merger = new RowMerger(type, type);
    this.#partitionOf = partitionOf;
    this.#batches = new Array(partitions);
  }

  /** Copies the rows; the batch stays the caller's. */
  add(batch: Batch<F>): void {
    const { length } = batch;
    if (this.#partitions.length < length) {
      this.#partitions = new Uint32Array(2 * length);
      this.#targets = new Uint32Array(2 * length);
    }
    const seen = new Set<number>();
    for (let row = 0; row < length; row++) {
      const partition = this.#partitionOf(batch, row, this.#batches.length);
      this.#partitions[row] = partition;
      seen.add(partition);
    }
    for (const partition of seen) this.#copy(batch, partition);
  }

  #copy(batch: Batch<F>, partition: number): void {
    this.#batches[partition] ??= new Batch(this.#type, 64);
    const into = this.#batches[partition];
    let next = into.length;
    for (let row = 0; row < batch.length; row++) {
      this.#targets[row] = this.#partitions[row] === partition ? next++ : SKIP;
    }
    into.extend(next - into.length);
    // Merging into rows that are all absent is copying.
    this.#merger.merge(batch, into, this.#targets);
  }

  /** Hands over the rows of each partition that has any. */
  *take(): Generator<[partition: number, batch: Batch<F>]> {
    for (const [partition, batch] of this.#batches.entries()) {
      if (batch === undefined) continue;
      this.#batches[partition] = undefined;
      yield [partition, batch];
    }
  }
}
