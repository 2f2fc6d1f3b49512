export { type EnsureTopicsOptions, ensureTopics } from './ensure-topics.ts';
export { BusError, type BusErrorCode } from './errors.ts';
export type { BusEvent } from './events.ts';
export { murmur2, partitionOf } from './murmur2.ts';
export type {
  AssignedPartition,
  Bus,
  BusBatch,
  BusConsumer,
  BusEventListener,
  BusProducer,
  BusRecord,
  CommitRequest,
  Committed,
  ConsumerHandlers,
  ConsumerOptions,
  OutgoingRecord,
  PartitionCommit,
  ProducerOptions,
  SendOptions,
  SharedValue,
  TopicSpec,
} from './port.ts';
export { valueBytes } from './value.ts';
