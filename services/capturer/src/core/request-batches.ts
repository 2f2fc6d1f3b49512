import { Batch, rawRequest } from '@flowloom/records';
import type { RequestColumns } from './exchange-columns.ts';
import { type RequestKey, requestPartition } from './row-keys.ts';

export type RequestBatch = Batch<typeof rawRequest.fields>;

/**
 * Takes a batch of one partition over. A batch that it returns, such as this one where it was only read, is cleared and filled
 * again: that spares memory.
 */
export type RequestSink = (batch: RequestBatch, partition: number) => RequestBatch | undefined;

export interface RequestBatchesOptions {
  /** Of `requests.raw`. Default 1: all rows in one batch. */
  readonly partitions?: number;
  /** Rows of a batch. Default 1024. */
  readonly rows?: number;
}

/** Rows for which a batch has memory at first: most seconds need no more. */
const firstRows = 64;

/** Rows of `requests.raw`, batch by batch, each batch of one partition. */
export class RequestBatches {
  readonly #sink: RequestSink;
  readonly #rows: number;
  readonly #batches: RequestBatch[];
  #latest: RequestBatch;
  /** Rows appended so far. */
  written = 0;

  constructor(sink: RequestSink, { partitions = 1, rows = 1024 }: RequestBatchesOptions = {}) {
    this.#sink = sink;
    this.#rows = rows;
    this.#batches = Array.from({ length: partitions }, () => new Batch(rawRequest, firstRows));
    this.#latest = this.#batches[0];
  }

  /** Columns of the batch to which the latest row belongs. */
  get columns(): RequestColumns {
    return this.#latest.columns;
  }

  /** Adds an empty row for a request and returns its number in its batch. */
  append(request: RequestKey): number {
    const partition = this.#batches.length === 1 ? 0 : requestPartition(request, this.#batches.length);
    if (this.#batches[partition].length === this.#rows) this.#handOver(partition);
    this.#latest = this.#batches[partition];
    this.written++;
    return this.#latest.append();
  }

  /** Hands on what has been written. */
  flush(): void {
    for (const [partition, { length }] of this.#batches.entries()) if (length > 0) this.#handOver(partition);
  }

  #handOver(partition: number): void {
    const { length } = this.#batches[partition];
    const free = this.#sink(this.#batches[partition], partition);
    free?.clear();
    // A new one will be about as long: growing step by step costs more than the rows do.
    this.#batches[partition] = free ?? new Batch(rawRequest, Math.max(firstRows, length));
  }
}
