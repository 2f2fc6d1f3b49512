import type { Kafka, Producer } from 'kafkajs';
import { BusError } from '../errors.ts';
import type { OutgoingRecord, PartitionCommit } from '../port.ts';
import { compressionTypes } from './compression.ts';
import { transactionRetry } from './kafka-client.ts';
import { toBusError } from './kafka-error.ts';
import type { KafkaCompression } from './kafka-options.ts';
import type { KafkaSender } from './kafka-sender.ts';

export interface TransactionParts {
  readonly kafka: Kafka;
  readonly sender: KafkaSender;
  readonly compression: KafkaCompression;
}

/**
 * Transactions of one transactional id, one after another. `fence` takes the id over: it ends whatever an older producer
 * of the id left open, and from then on that producer is refused. A failed transaction leaves the state unknown until
 * the next `fence`; a `FENCED` one is final.
 */
export class Transactions {
  readonly #id: string;
  readonly #parts: TransactionParts;
  #producer: Producer | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(transactionalId: string, parts: TransactionParts) {
    this.#id = transactionalId;
    this.#parts = parts;
  }

  /** Makes this the only producer of its id. */
  fence(): Promise<void> {
    return this.#inTurn(() => this.#fence());
  }

  get isFencing(): boolean {
    return this.#producer !== undefined;
  }

  /** One attempt: all of it is visible afterwards, or nothing, or (after an error) one of the two. */
  commit(records: readonly OutgoingRecord[], groupId: string, offsets: readonly PartitionCommit[]): Promise<void> {
    return this.#inTurn(() => this.#commit(records, groupId, offsets));
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#drop());
  }

  async #fence(): Promise<void> {
    await this.#drop();
    const producer = this.#parts.kafka.producer({
      transactionalId: this.#id,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: transactionRetry,
    });
    try {
      await producer.connect();
      // kafkajs asks for the producer's epoch at its first transaction; an empty one has no other effect.
      const transaction = await producer.transaction();
      await transaction.abort();
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw error;
    }
    this.#producer = producer;
  }

  async #commit(records: readonly OutgoingRecord[], groupId: string, offsets: readonly PartitionCommit[]) {
    if (!this.#producer) throw new BusError('INVALID', 'a transaction before the producer took its id over');
    try {
      const transaction = await this.#producer.transaction();
      const compression = compressionTypes[this.#parts.compression];
      await this.#parts.sender.deliver(records, async (topicMessages) => {
        await transaction.sendBatch({ topicMessages, acks: -1, compression });
      });
      await transaction.sendOffsets({ consumerGroupId: groupId, topics: byTopic(offsets) });
      await transaction.commit();
    } catch (error) {
      await this.#drop();
      throw toBusError(error);
    }
    this.#parts.sender.sent(records);
  }

  async #drop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => {});
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => {});
    return result;
  }
}

function byTopic(offsets: readonly PartitionCommit[]) {
  const topics = new Map<string, { partition: number; offset: string; metadata: string }[]>();
  for (const { topic, partition, offset, metadata } of offsets) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, offset: String(offset), metadata });
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
