import type { AssignedPartition, BusBatch } from '@flowloom/bus';
import { assignedOf, type BatchContext, revokedOf } from '@flowloom/bus/nest';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

type Handler<A extends unknown[]> = <M extends (...args: A) => Promise<void> | void>(
  controller: object,
  method: string,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * Marks the method of a controller that gets the batches of a topic, named without its prefix:
 *
 *     @OnBatch('flows.raw')
 *     async onFlows(batch: BusBatch, context: BatchContext) { ... await context.partition.commit({ offset, outputs }) }
 */
export function OnBatch(topic: string): Handler<[batch: BusBatch, context: BatchContext]> {
  return (controller, method, descriptor) => {
    Payload()(controller, method, 0);
    Ctx()(controller, method, 1);
    EventPattern(topic)(controller, method, descriptor as never);
  };
}

/** Marks the method that hears of a partition before its first batch; it may `seek`. */
export function OnAssigned(topic: string): Handler<[partition: AssignedPartition]> {
  return onPartition(assignedOf(topic));
}

/** Marks the method that hears of a partition that is lost or given back; in an orderly close it can still commit. */
export function OnRevoked(topic: string): Handler<[partition: AssignedPartition]> {
  return onPartition(revokedOf(topic));
}

function onPartition(pattern: string): Handler<[partition: AssignedPartition]> {
  return (controller, method, descriptor) => {
    Payload()(controller, method, 0);
    EventPattern(pattern)(controller, method, descriptor as never);
  };
}
