import type { AssignedPartition, BusBatch } from '@flowloom/bus';
import type { BatchContext } from '@flowloom/bus/nest';
import { taggedFlow, topics } from '@flowloom/records';
import { inSpan, OnAssigned, OnBatch, OnRevoked } from '@flowloom/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { FlowPartitions } from './flow-partitions.ts';

/** `flows` in, `flow-logs` (and `otlp_logs`) out, a minute at a time. */
@Controller()
export class FlowsController {
  readonly #partitions: FlowPartitions;

  constructor(@Inject(FlowPartitions) partitions: FlowPartitions) {
    this.#partitions = partitions;
  }

  @OnAssigned(topics.flows.name)
  onAssigned(partition: AssignedPartition): void {
    this.#partitions.assigned(partition);
  }

  @OnBatch(topics.flows.name)
  async onFlows(batch: BusBatch, context: BatchContext): Promise<void> {
    const attributes = { 'messaging.destination.name': batch.topic };
    await inSpan('flowloom.aggregator.flows', attributes, async () => {
      await this.#partitions.add(batch.partition, await context.decode(taggedFlow));
    });
  }

  @OnRevoked(topics.flows.name)
  onRevoked(partition: AssignedPartition): Promise<void> {
    return this.#partitions.revoked(partition);
  }
}
