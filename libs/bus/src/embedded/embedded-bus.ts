import { type Clock, systemClock } from '../clock.ts';
import { BusError } from '../errors.ts';
import type {
  Bus,
  BusConsumer,
  BusEventListener,
  BusProducer,
  Committed,
  ConsumerHandlers,
  ConsumerOptions,
  OutgoingRecord,
  ProducerOptions,
  TopicSpec,
} from '../port.ts';
import { valueBytes } from '../value.ts';
import { EmbeddedConsumer } from './embedded-consumer.ts';
import { EmbeddedProducer } from './embedded-producer.ts';
import { EmbeddedTopic } from './embedded-topic.ts';
import { Group } from './group.ts';

export interface EmbeddedBusOptions {
  /** `send` waits while a topic has more bytes than this that a reader has yet to read. Default 8 MiB. */
  readonly maxUnreadBytes?: number;
  /** What a partition keeps of records that all readers have passed, or that nobody reads. Default 256 KiB. */
  readonly retentionBytes?: number;
  readonly clock?: Clock;
  readonly onEvent?: BusEventListener;
}

/**
 * The bus inside one process, with Kafka's semantics: partitions, offsets, groups, replay from the last commit. Memory
 * is bounded: readers hold senders back per topic, and retention drops the oldest of what was read. Nothing outlives it.
 */
export class EmbeddedBus implements Bus {
  readonly sharesValues = true;
  readonly #topics = new Map<string, EmbeddedTopic>();
  readonly #groups = new Map<string, Group>();
  readonly #epochs = new Map<string, number>();
  readonly #consumers = new Set<EmbeddedConsumer>();
  readonly #maxUnreadBytes: number;
  readonly #retentionBytes: number;
  readonly #clock: Clock;
  readonly #emit: BusEventListener;

  constructor(options: EmbeddedBusOptions = {}) {
    this.#maxUnreadBytes = options.maxUnreadBytes ?? 8 * 1024 * 1024;
    this.#retentionBytes = options.retentionBytes ?? 256 * 1024;
    this.#clock = options.clock ?? systemClock;
    this.#emit = options.onEvent ?? (() => {});
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) {
      if (!Number.isInteger(spec.partitions) || spec.partitions < 1) {
        throw new BusError('INVALID', `topic ${spec.name} with ${spec.partitions} partitions`);
      }
      if (this.#topics.has(spec.name)) continue;
      this.#topics.set(spec.name, new EmbeddedTopic(spec, this.#retentionBytes, this.#clock));
    }
  }

  async partitions(topic: string): Promise<number> {
    return this.#topic(topic).logs.length;
  }

  async endOffsets(topic: string): Promise<number[]> {
    return this.#topic(topic).logs.map((log) => log.endOffset);
  }

  async committed(groupId: string, topic: string): Promise<Map<number, Committed>> {
    return this.#group(groupId).committed(topic);
  }

  producer({ transactionalId }: ProducerOptions = {}): BusProducer {
    const epoch = transactionalId === undefined ? 0 : (this.#epochs.get(transactionalId) ?? 0) + 1;
    if (transactionalId !== undefined) this.#epochs.set(transactionalId, epoch);
    return new EmbeddedProducer({
      isTransactional: transactionalId !== undefined,
      isFenced: () => transactionalId !== undefined && this.#epochs.get(transactionalId) !== epoch,
      send: (records) => this.#send(records),
      commit: (groupId, commit) => this.#group(groupId).commit(commit),
    });
  }

  async consume(options: ConsumerOptions, handlers: ConsumerHandlers): Promise<BusConsumer> {
    for (const topic of options.topics) this.#topic(topic);
    const group = this.#group(options.groupId);
    const consumer = new EmbeddedConsumer(
      {
        group,
        clock: this.#clock,
        emit: this.#emit,
        topic: (name) => this.#topic(name),
        send: (records) => this.#send(records),
      },
      options,
      handlers,
    );
    this.#consumers.add(consumer);
    await group.join(consumer);
    return consumer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    this.#consumers.clear();
  }

  /** Appends all records, or none where a topic is unknown, once each of their topics has room. */
  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    const topics = new Set(records.map((record) => this.#topic(record.topic)));
    for (const record of records) {
      const { logs } = this.#topic(record.topic);
      if (record.partition !== undefined && !logs[record.partition]) {
        throw new BusError('INVALID', `${record.topic} has no partition ${record.partition}`);
      }
    }
    for (const topic of topics) while (topic.unreadBytes() > this.#maxUnreadBytes) await topic.released();
    const written = new Map<string, { records: number; bytes: number }>();
    for (const record of records) {
      const topic = this.#topic(record.topic);
      topic.append(record);
      const sum = written.get(record.topic) ?? { records: 0, bytes: 0 };
      written.set(record.topic, { records: sum.records + 1, bytes: sum.bytes + valueBytes(record) });
    }
    for (const topic of topics) {
      topic.flush();
      this.#emit({ type: 'sent', topic: topic.name, ...written.get(topic.name)! });
    }
  }

  #topic(name: string): EmbeddedTopic {
    const topic = this.#topics.get(name);
    if (!topic) throw new BusError('TOPIC_UNKNOWN', `topic ${name} does not exist`);
    return topic;
  }

  #group(id: string): Group {
    let group = this.#groups.get(id);
    if (!group) this.#groups.set(id, (group = new Group(id, (topic) => this.#topic(topic).logs.length)));
    return group;
  }
}
