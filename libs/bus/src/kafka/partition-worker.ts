import type { Assignment } from '../assignment.ts';
import type { BusRecord } from '../port.ts';
import type { Transactions } from './transaction.ts';

export interface WorkerParts {
  readonly transactions: Transactions | undefined;
  readonly maxBatchBytes: number;
  /** Calls the handler: false where the partition was lost. */
  deliver(records: readonly BusRecord[], endOffset: number): Promise<boolean>;
}

/**
 * One partition that the group gave to this member. It handles one fetched batch at a time, cut into pieces of the asked
 * size, and knows which offset is to be fetched next.
 *
 *     assigned --prepare--> ready --take--> busy --> ready ... --lose--> lost
 */
export class PartitionWorker {
  readonly assignment: Assignment;
  readonly transactions: Transactions | undefined;
  /** The next offset to take from a fetch. */
  fetchOffset = 0;
  isReady = false;
  /** The group counts the partition as this member's. Still so while the consumer closes in order. */
  isOwned = true;
  /** By the handler. */
  isPaused = false;
  readonly #parts: WorkerParts;
  #idle: Promise<void> = Promise.resolve();
  #isBusy = false;
  #seeks = 0;

  constructor(assignment: Assignment, parts: WorkerParts) {
    this.assignment = assignment;
    this.transactions = parts.transactions;
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Resolves when no handler runs. */
  get idle(): Promise<void> {
    return this.#idle;
  }

  /** Begins to handle records; resolves when they are done, or the partition was lost or sought elsewhere. */
  take(records: readonly BusRecord[], endOffset: number): Promise<void> {
    this.fetchOffset = records[records.length - 1].offset + 1;
    this.#isBusy = true;
    this.#idle = this.#handle(records, endOffset).finally(() => {
      this.#isBusy = false;
    });
    return this.#idle;
  }

  seek(offset: number): void {
    this.#seeks++;
    this.fetchOffset = offset;
  }

  lose(): void {
    this.isOwned = false;
    this.assignment.lose();
  }

  async #handle(records: readonly BusRecord[], endOffset: number): Promise<void> {
    const seeks = this.#seeks;
    for (const piece of pieces(records, this.#parts.maxBatchBytes)) {
      if (this.#seeks !== seeks || this.assignment.signal.aborted) return;
      if (!(await this.#parts.deliver(piece, endOffset))) return;
    }
  }
}

function* pieces(records: readonly BusRecord[], maxBytes: number): Generator<BusRecord[]> {
  let piece: BusRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = (record.value?.length ?? 0) + (record.key?.length ?? 0);
    if (piece.length > 0 && bytes + size > maxBytes) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(record);
    bytes += size;
  }
  if (piece.length > 0) yield piece;
}
