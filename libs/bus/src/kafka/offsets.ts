import type { Admin } from 'kafkajs';
import type { Committed } from '../port.ts';

/** Offset and metadata that a group committed for each partition of a topic. */
export async function fetchCommitted(admin: Admin, groupId: string, topic: string): Promise<Map<number, Committed>> {
  const [response] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const commits = new Map<number, Committed>();
  for (const { partition, offset, metadata } of response?.partitions ?? []) {
    // -1 says that the group never committed there.
    if (Number(offset) >= 0) commits.set(partition, { offset: Number(offset), metadata: metadata ?? '' });
  }
  return commits;
}

export interface Bounds {
  /** Offset of the oldest record that is kept. */
  readonly low: number;
  /** Offset of the next record. */
  readonly high: number;
}

export async function fetchBounds(admin: Admin, topic: string): Promise<Map<number, Bounds>> {
  const bounds = await admin.fetchTopicOffsets(topic);
  return new Map(bounds.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
}
