import type { Batch, Fields, RecordType } from '@flowloom/records';
import { readRows } from '@flowloom/records/arrow';
import { BaseRpcContext } from '@nestjs/microservices';
import type { AssignedPartition, BusBatch, BusRecord } from '../port.ts';

/** Refuses a record: it goes to the dead-letter topic. */
export type Reject = (record: BusRecord, reason: string) => Promise<void>;

export interface DecodedRecord<F extends Fields> {
  readonly record: BusRecord;
  readonly rows: Batch<F>;
}

/** Second argument of a batch handler. */
export class BatchContext extends BaseRpcContext<[BusBatch]> {
  readonly #reject: Reject;

  constructor(batch: BusBatch, reject: Reject) {
    super([batch]);
    this.#reject = reject;
  }

  get partition(): AssignedPartition {
    return this.args[0].partition;
  }

  /**
   * Sends a poison record to the dead-letter topic, with its headers and the reason, and counts it. Resolves when it is
   * there, so a later commit loses nothing; a replay may send it once more.
   */
  reject(record: BusRecord, reason: string): Promise<void> {
    return this.#reject(record, reason);
  }

  /**
   * The rows of each record of the batch; other readers may have the same ones, so nobody changes them. A record that is no Arrow stream of this type is rejected and left out.
   */
  async decode<F extends Fields>(type: RecordType<F>): Promise<DecodedRecord<F>[]> {
    const decoded: DecodedRecord<F>[] = [];
    for (const record of this.args[0].records) {
      const result = readRows(type, record);
      if (result.ok) decoded.push({ record, rows: result.batch });
      else await this.reject(record, result.reason);
    }
    return decoded;
  }
}
