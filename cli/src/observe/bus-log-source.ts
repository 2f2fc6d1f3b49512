import type { AssignedPartition, Bus } from '@flowloom/bus';
import { LineQueue } from './line-queue.ts';
import type { LogSource, LogSourceOptions } from './log-source.ts';

/** Lines from topics of JSON records. Reads beside all others: it commits nothing. */
export class BusLogSource implements LogSource {
  readonly #bus: Bus;
  readonly #topics: readonly string[];

  constructor(bus: Bus, topics: readonly string[]) {
    this.#bus = bus;
    this.#topics = topics;
  }

  async *lines({ follow, last, signal }: LogSourceOptions): AsyncGenerator<string> {
    const ends = new Map<string, number[]>();
    for (const topic of this.#topics) ends.set(topic, await this.#bus.endOffsets(topic));
    /** Partitions whose past is not read yet. */
    const behind = new Set<string>();
    for (const [topic, offsets] of ends) {
      for (const [partition, end] of offsets.entries()) if (end > 0 && last > 0) behind.add(`${topic} ${partition}`);
    }
    const queue = new LineQueue();
    const doneWith = (partition: string) => {
      behind.delete(partition);
      if (behind.size === 0 && !follow) queue.end();
    };
    signal.addEventListener('abort', () => queue.end());
    if (behind.size === 0 && !follow) return;
    const consumer = await this.#bus.consume(
      {
        groupId: `flowloom-observe-${process.pid}-${Date.now()}`,
        topics: this.#topics,
        from: 'latest',
        concurrency: 16,
      },
      {
        assigned: (partition: AssignedPartition) => {
          const end = ends.get(partition.topic)?.[partition.partition] ?? 0;
          partition.seek(Math.max(0, end - last));
        },
        eachBatch: async ({ topic, partition: { partition }, records }) => {
          for (const { value } of records) if (value !== null) await queue.push(value.toString());
          const end = ends.get(topic)?.[partition] ?? 0;
          if (records[records.length - 1].offset + 1 >= end) doneWith(`${topic} ${partition}`);
        },
        failed: (error) => queue.fail(error),
      },
    );
    try {
      yield* queue;
    } finally {
      queue.end();
      await consumer.close();
    }
  }
}
