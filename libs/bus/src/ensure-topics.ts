import { type Topic, topicName } from '@flowloom/records';
import type { Bus } from './port.ts';

export interface EnsureTopicsOptions {
  /** Before the names of the topics that bear a prefix: `flowloom.`. */
  readonly prefix: string;
  readonly partitions: number;
  readonly retentionMs: number;
}

/** Makes the declared topics that are missing. The dead-letter topic has one partition and is kept four times as long. */
export function ensureTopics(bus: Bus, topics: readonly Topic[], options: EnsureTopicsOptions): Promise<void> {
  return bus.createTopics(
    topics.map((topic) => {
      const isDeadLetter = topic.name === 'dead-letter';
      return {
        name: topicName(topic, options.prefix),
        partitions: isDeadLetter ? 1 : options.partitions,
        retentionMs: options.retentionMs * (isDeadLetter ? 4 : 1),
      };
    }),
  );
}
