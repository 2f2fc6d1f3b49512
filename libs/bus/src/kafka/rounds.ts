import type { Message, TopicMessages } from 'kafkajs';
import { partitionOf } from '../murmur2.ts';
import type { OutgoingRecord } from '../port.ts';
import { toBuffer, valueBytes } from '../value.ts';

/** Brokers take 1 MiB for the records of one partition in one request (`message.max.bytes`); some is for headers. */
const maxBytesPerPartition = 960 * 1024;

export function sizeOf(record: OutgoingRecord): number {
  return valueBytes(record) + (record.key?.length ?? 0) + 64;
}

/** Chooses partitions as Kafka's own producer does; `partitionsOf` tells how many a topic has. */
export class Rounds {
  readonly #next = new Map<string, number>();

  /**
   * Splits records into requests to be sent one after another, none with too many bytes for a partition; the order
   * within a partition stays.
   */
  split(records: readonly OutgoingRecord[], partitionsOf: (topic: string) => number): TopicMessages[][] {
    const rounds: Map<string, Message[]>[] = [];
    const filled = new Map<string, { round: number; bytes: number }>();
    for (const record of records) {
      const partition = this.#partition(record, partitionsOf(record.topic));
      const place = `${record.topic}/${partition}`;
      let fill = filled.get(place);
      if (!fill) filled.set(place, (fill = { round: 0, bytes: 0 }));
      if (fill.bytes > 0 && fill.bytes + sizeOf(record) > maxBytesPerPartition) {
        fill.round++;
        fill.bytes = 0;
      }
      fill.bytes += sizeOf(record);
      const round = (rounds[fill.round] ??= new Map());
      let messages = round.get(record.topic);
      if (!messages) round.set(record.topic, (messages = []));
      messages.push(toMessage(record, partition));
    }
    return rounds.map((round) => [...round].map(([topic, messages]) => ({ topic, messages })));
  }

  #partition(record: OutgoingRecord, partitions: number): number {
    if (record.partition !== undefined) return record.partition;
    if (record.key !== undefined && record.key !== null) return partitionOf(record.key, partitions);
    const next = this.#next.get(record.topic) ?? 0;
    this.#next.set(record.topic, next + 1);
    return next % partitions;
  }
}

function toMessage({ key, value, shared, headers, timestampMs }: OutgoingRecord, partition: number): Message {
  return {
    key: toBuffer(key),
    value: toBuffer(shared ? shared.encode() : value),
    partition,
    timestamp: timestampMs === undefined ? undefined : String(timestampMs),
    headers: headers && Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, toBuffer(text)!])),
  };
}
