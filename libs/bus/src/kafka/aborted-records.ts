/** One partition of a fetch response, as kafkajs decodes it; the records come in the order of their offsets. */
export interface FetchedPartition {
  /** Those that end at or behind the first fetched record, in the order of their ends; null: not asked for. */
  abortedTransactions?: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedRecord[];
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export interface FetchedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  /** Moves the position and is not delivered. */
  isControlRecord?: boolean;
  /** Of the batch that the record came in; the oldest formats have none. */
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

/** Type of a control record: the second of two 16-bit numbers in its key (KIP-98). */
const abortMarker = 0;

/**
 * Makes control records of the records of aborted transactions. kafkajs has a filter of its own, but takes only one
 * transaction off the list per record, in the list's order: where aborted transactions overlap, as those of partitions
 * of a killed process do, it delivers records of theirs. Afterwards there is nothing left for it to do.
 */
export function hideAborted(fetched: FetchedPartition): void {
  const byBegin = [...(fetched.abortedTransactions ?? [])].sort(
    (a, b) => Number(a.firstOffset) - Number(b.firstOffset),
  );
  fetched.abortedTransactions = [];
  if (byBegin.length === 0) return;
  const aborting = new Set<string>();
  let next = 0;
  for (const record of fetched.messages) {
    for (; next < byBegin.length && Number(byBegin[next].firstOffset) <= Number(record.offset); next++) {
      aborting.add(byBegin[next].producerId);
    }
    const { producerId = '', inTransaction = false } = record.batchContext ?? {};
    if (!aborting.has(producerId)) continue;
    if (!record.isControlRecord) record.isControlRecord = inTransaction;
    else if (record.key && record.key.length >= 4 && record.key.readInt16BE(2) === abortMarker)
      aborting.delete(producerId);
  }
}
