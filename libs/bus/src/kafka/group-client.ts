import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { BusRecord } from '../port.ts';

/** A place in a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export function keyOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}

/** What a join of the group brought: the partitions, and whether the group had forgotten this member meanwhile. */
export interface Joined {
  readonly memberId: string;
  readonly places: readonly Place[];
}

export function joinedOf(memberId: string, assignment: Readonly<Record<string, number[]>>): Joined {
  const places = Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
  return { memberId, places };
}

/** Records of a fetched batch from an offset on. */
export function recordsOf({ batch }: EachBatchPayload, from: number): BusRecord[] {
  const records: BusRecord[] = [];
  for (const message of batch.messages) {
    const offset = Number(message.offset);
    if (offset >= from) records.push(toRecord(batch.topic, batch.partition, offset, message));
  }
  return records;
}

function toRecord(topic: string, partition: number, offset: number, message: KafkaMessage): BusRecord {
  const headers: Record<string, Buffer> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    // A header that is there twice counts with its last value.
    const last = Array.isArray(value) ? value[value.length - 1] : value;
    if (last !== undefined) headers[name] = Buffer.isBuffer(last) ? last : Buffer.from(last);
  }
  const timestampMs = Number(message.timestamp);
  return { topic, partition, offset, timestampMs, key: message.key, value: message.value, headers };
}

/**
 * Commits by the group's member. kafkajs does nothing, without an error, while it stops or restarts: only its event tells
 * that the broker has the offset, so without that event this throws.
 */
export class GroupCommits {
  readonly #consumer: Consumer;
  readonly #confirmed = new Map<string, string>();

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
    consumer.on('consumer.commit_offsets', ({ payload }) => {
      for (const { topic, partitions } of payload.topics) {
        for (const { partition, offset } of partitions)
          this.#confirmed.set(keyOf({ topic, partition }), String(offset));
      }
    });
  }

  async commit(place: Place, offset: number, metadata: string): Promise<void> {
    const { topic, partition } = place;
    this.#confirmed.delete(keyOf(place));
    await this.#consumer.commitOffsets([{ topic, partition, offset: String(offset), metadata }]);
    if (this.#confirmed.get(keyOf(place)) !== String(offset)) throw new NotRunning('the consumer is not running');
  }
}

class NotRunning extends Error {
  readonly retriable = true;
}
