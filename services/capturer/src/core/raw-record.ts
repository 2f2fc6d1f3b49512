import type { TopicName } from '@flowloom/records';

/** Topics that a capturer writes. */
export const rawTopics = ['flowsRaw', 'requestsRaw'] as const satisfies readonly TopicName[];
export type RawTopic = (typeof rawTopics)[number];

/** One record for the bus: rows of one partition and one second, as an Arrow stream. */
export interface RawRecord {
  readonly topic: RawTopic;
  readonly partition: number;
  readonly rows: number;
  readonly value: Uint8Array;
}

/** How many partitions each topic has. */
export type PartitionCounts = Readonly<Record<RawTopic, number>>;
