import type { AssignedPartition, BusBatch } from '@flowloom/bus';
import type { BatchContext } from '@flowloom/bus/nest';
import { taggedRequest } from '@flowloom/records';
import { OnBatch, OnRevoked } from '@flowloom/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { TracerWorker } from './tracer-worker.ts';

/** `requests` in, finished traces out. */
@Controller()
export class RequestsController {
  readonly #worker: TracerWorker;

  constructor(@Inject(TracerWorker) worker: TracerWorker) {
    this.#worker = worker;
  }

  @OnBatch('requests')
  async onRequests(batch: BusBatch, context: BatchContext): Promise<void> {
    const tracer = this.#worker.of(batch.partition);
    const { nowUs } = this.#worker;
    for (const { record, rows } of await context.decode(taggedRequest)) tracer.add(record.offset, rows, nowUs);
    tracer.skip(batch.records.at(-1)!.offset);
    await this.#worker.advanceIfDue(batch.partition);
  }

  @OnRevoked('requests')
  async onRevoked(partition: AssignedPartition): Promise<void> {
    await this.#worker.revoke(partition);
  }
}
