import { Batch, rawRequest } from '@flowloom/records';
import type { RequestColumns } from './exchange-columns.ts';

export type RequestBatch = Batch<typeof rawRequest.fields>;
/** Takes a full batch over; the batch is not touched again. */
export type RequestSink = (batch: RequestBatch) => void;

/** Rows for which a batch has memory at first: most seconds need no more. */
const firstRows = 64;

/** Rows of `requests.raw`, batch by batch. */
export class RequestBatches {
  readonly #sink: RequestSink;
  readonly #rows: number;
  #batch: RequestBatch = new Batch(rawRequest, firstRows);
  /** Rows appended so far. */
  written = 0;

  /** @param rows rows of a batch */
  constructor(sink: RequestSink, rows = 1024) {
    this.#sink = sink;
    this.#rows = rows;
  }

  /** Columns of the batch to which the latest row belongs. */
  get columns(): RequestColumns {
    return this.#batch.columns;
  }

  /** Adds an empty row and returns its number in the batch. */
  append(): number {
    if (this.#batch.length === this.#rows) this.flush();
    this.written++;
    return this.#batch.append();
  }

  /** Hands on what has been written. */
  flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    // The next one will be about as long: growing step by step costs more than the rows do.
    this.#batch = new Batch(rawRequest, Math.max(firstRows, batch.length));
    this.#sink(batch);
  }
}
