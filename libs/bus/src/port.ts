import type { BusEvent } from './events.ts';

/**
 * The event bus: Kafka's model, whatever carries it.
 *
 * Ordering
 * - Records of one partition are read in the order of their offsets; partitions are independent of each other.
 * - A key always maps to the same partition, by Kafka's murmur2 default, so that every producer agrees.
 * - Records of one `send` to one partition stay together in their order; two sends in flight may swap: await the first.
 * - At most one handler call runs per partition; `concurrency` partitions run beside each other.
 *
 * Retry
 * - `send` and `commit` retry what is retryable until `deliveryTimeoutMs`, then throw a `BusError` with its code. A request
 *   whose answer was lost is repeated, and what it carried with it, unless the producer is `idempotent`.
 * - A handler that throws is called again with the same records after a growing pause, for ever, until the partition is
 *   taken away or the consumer closes. It must do all of a batch or nothing that a second call would repeat. `assigned`
 *   is called again likewise; what `revoked` throws is only told.
 * - What was not committed is delivered again: after a restart, a rebalance or a crash, from the last committed offset.
 * - Without `transactional`, outputs are sent before the offset is committed: at least once. With it both are one
 *   transaction, a reader sees neither or both, and who lost the partition can no longer commit (`FENCED`).
 * - Consumers read committed records only: those of an aborted or open transaction are never delivered.
 *
 * Back-pressure
 * - `send` waits while the bus has more than its bound of bytes in flight; nothing queues without bound.
 * - A partition is fetched again only after its handler is done.
 *
 * Close
 * - `BusConsumer.close` stops fetching, waits for running handlers, calls `revoked`, then leaves the group.
 * - `BusProducer.close` waits for what was accepted. `Bus.close` closes what is still open: consumers, then producers.
 */
export interface Bus {
  /** Records go from hand to hand in this process: a `shared` value reaches its readers as it is. */
  readonly sharesValues: boolean;
  /** Makes the topics that are missing. An existing topic keeps its partitions and retention. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** How many partitions a topic has; may be as old as a minute. */
  partitions(topic: string): Promise<number>;
  /** The offset of the next record of each partition. */
  endOffsets(topic: string): Promise<number[]>;
  /** Offset and metadata that a group committed; absent where it never did. */
  committed(groupId: string, topic: string): Promise<Map<number, Committed>>;
  producer(options?: ProducerOptions): BusProducer;
  /** Joins the group; resolves when the first assignment is known. */
  consume(options: ConsumerOptions, handlers: ConsumerHandlers): Promise<BusConsumer>;
  close(): Promise<void>;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** How long records are kept; absent: the broker's default. */
  readonly retentionMs?: number;
}

/**
 * A value that is made into bytes where it leaves the process, or where somebody asks for them. Inside of it all readers get
 * the very object: nobody changes it any more.
 */
export interface SharedValue {
  /** Memory that it takes: for bounds. */
  readonly bytes: number;
  encode(): Uint8Array;
}

/** The bytes pass to the bus: whoever sent them must not change them any more. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key?: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  /** In place of `value`, which is null then. */
  readonly shared?: SharedValue;
  readonly headers?: Readonly<Record<string, Uint8Array | string>>;
  /** Overrides the partition of the key. Without key and partition the records go round. */
  readonly partition?: number;
  /** Default: now. */
  readonly timestampMs?: number;
}

/** The bytes belong to the receiver and stay valid. */
export interface BusRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  /** Of a shared value made when it is asked for. */
  readonly value: Buffer | null;
  readonly shared?: SharedValue;
  readonly headers: Readonly<Record<string, Buffer>>;
}

export interface Committed {
  /** The next record to read. */
  readonly offset: number;
  readonly metadata: string;
}

export interface ProducerOptions {
  /** Absent: no transactions. Two producers of one id: the younger fences the older. */
  readonly transactionalId?: string;
  /**
   * No record that this producer sends is kept twice, though sends are tried again: one send after the other, each without
   * a deadline. One that was given up (`SendOptions.signal`, an error that is not retryable) may have arrived.
   */
  readonly idempotent?: boolean;
}

/** For idempotent producers; others end by themselves. */
export interface SendOptions {
  /** Once aborted, the next failure is thrown and not tried again. */
  readonly signal?: AbortSignal;
  /** An attempt failed, another one follows. */
  onRetry?(error: Error): void;
}

export interface BusProducer {
  /** Resolves when the bus holds all of them. */
  send(records: readonly OutgoingRecord[], options?: SendOptions): Promise<void>;
  /** One transaction: the records and the group's offsets, or neither. Only with a `transactionalId`. */
  transaction(records: readonly OutgoingRecord[], groupId: string, offsets: readonly PartitionCommit[]): Promise<void>;
  close(): Promise<void>;
}

export interface PartitionCommit extends Committed {
  readonly topic: string;
  readonly partition: number;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Outputs and offsets of `commit` are one transaction. Default false. */
  readonly transactional?: boolean;
  /** Where a group without a commit begins. Default `earliest`. */
  readonly from?: 'earliest' | 'latest';
  /** How many partitions are handled beside each other. Default 1. */
  readonly concurrency?: number;
  /** Most bytes of values in one batch (a single larger record still comes). Default 1 MiB. */
  readonly maxBatchBytes?: number;
}

export interface ConsumerHandlers {
  /** Records of one partition, in order, at least one. Commit with `partition.commit` when it suits the handler. */
  eachBatch(batch: BusBatch): Promise<void>;
  /** Before the first batch of a partition; may `seek`. */
  assigned?(partition: AssignedPartition): Promise<void> | void;
  /** The partition is gone: its state must be forgotten. In an orderly close it can still commit here. */
  revoked?(partition: AssignedPartition): Promise<void> | void;
  /** The consumer cannot go on by itself (not retryable): the service should end. */
  failed?(error: Error): void;
}

export interface BusBatch {
  readonly topic: string;
  readonly partition: AssignedPartition;
  readonly records: readonly BusRecord[];
  /** Offset of the next record that will be written to the partition: how far behind this batch is. */
  readonly endOffset: number;
}

/** A partition, from its assignment to its loss. */
export interface AssignedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly groupId: string;
  /** The group's last commit, as read back at the assignment and kept up to date; undefined when there is none. */
  readonly committed: Committed | undefined;
  /** Aborted when the partition is lost or the consumer closes. */
  readonly signal: AbortSignal;
  /** Publishes the outputs and commits the offset of the next record to read: in this order, or as one transaction. */
  commit(commit: CommitRequest): Promise<void>;
  /** Fetches no more records, until `resume`. */
  pause(): void;
  resume(): void;
  /** The next batch begins at this offset. */
  seek(offset: number): void;
}

export interface CommitRequest {
  readonly offset: number;
  /** Kept beside the offset; short text (4,096 bytes at most). Default ''. */
  readonly metadata?: string;
  readonly outputs?: readonly OutgoingRecord[];
}

export interface BusConsumer {
  /** The partitions held now. */
  readonly assignment: readonly AssignedPartition[];
  close(): Promise<void>;
}

export type BusEventListener = (event: BusEvent) => void;
