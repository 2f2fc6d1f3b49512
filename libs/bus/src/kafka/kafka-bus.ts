import type { Admin, Kafka } from 'kafkajs';
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
  ProducerOptions,
  TopicSpec,
} from '../port.ts';
import { BrokerState } from './broker-state.ts';
import { IdempotentSender } from './idempotent-sender.ts';
import { kafkaClient } from './kafka-client.ts';
import { KafkaConsumer } from './kafka-consumer.ts';
import { toBusError } from './kafka-error.ts';
import type { KafkaBusOptions } from './kafka-options.ts';
import { KafkaProducer } from './kafka-producer.ts';
import { KafkaSender, type SenderParts } from './kafka-sender.ts';
import { fetchBounds, fetchCommitted } from './offsets.ts';
import { Transactions } from './transaction.ts';
import { untilDeadline } from './until-deadline.ts';

const partitionsMaxAgeMs = 60_000;

/** The bus over Kafka. It connects when it is first used; call `close` to end its connections. */
export class KafkaBus implements Bus {
  readonly sharesValues = false;
  readonly #kafka: Kafka;
  readonly #clock: Clock;
  readonly #emit: BusEventListener;
  readonly #brokers: BrokerState;
  readonly #sender: KafkaSender;
  readonly #senderParts: SenderParts;
  readonly #options: KafkaBusOptions;
  readonly #deliveryTimeoutMs: number;
  readonly #partitions = new Map<string, { count: number; atMs: number }>();
  readonly #consumers = new Set<KafkaConsumer>();
  readonly #producers = new Set<KafkaProducer>();
  #admin: Promise<Admin> | undefined;
  #isClosed = false;

  constructor(options: KafkaBusOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#emit = options.onEvent ?? (() => {});
    this.#brokers = new BrokerState(options.brokers, this.#emit);
    this.#kafka = kafkaClient(options, this.#brokers);
    this.#deliveryTimeoutMs = options.deliveryTimeoutMs ?? 120_000;
    this.#senderParts = {
      kafka: this.#kafka,
      clock: this.#clock,
      brokers: this.#brokers,
      emit: this.#emit,
      compression: options.compression ?? 'none',
      deliveryTimeoutMs: this.#deliveryTimeoutMs,
      maxInFlightBytes: options.maxInFlightBytes ?? 32 * 1024 * 1024,
      partitions: (topic) => this.partitions(topic),
    };
    this.#sender = new KafkaSender(this.#senderParts);
  }

  createTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#ask(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = specs.filter(({ name }) => !existing.has(name));
      if (missing.length === 0) return;
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map(({ name, partitions, retentionMs }) => ({
          topic: name,
          numPartitions: partitions,
          configEntries: retentionMs === undefined ? [] : [{ name: 'retention.ms', value: String(retentionMs) }],
        })),
      });
    });
  }

  async partitions(topic: string): Promise<number> {
    const known = this.#partitions.get(topic);
    if (known && this.#clock.now() - known.atMs < partitionsMaxAgeMs) return known.count;
    const count = await this.#ask(async (admin) => {
      // Asked by name, a broker may be set to make the topic; the list makes nothing.
      if (!(await admin.listTopics()).includes(topic)) return 0;
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0].partitions.length;
    });
    if (count === 0) throw new BusError('TOPIC_UNKNOWN', `topic ${topic} does not exist`);
    this.#partitions.set(topic, { count, atMs: this.#clock.now() });
    return count;
  }

  endOffsets(topic: string): Promise<number[]> {
    return this.#ask(async (admin) => {
      const bounds = await fetchBounds(admin, topic);
      return Array.from({ length: bounds.size }, (_, partition) => bounds.get(partition)!.high);
    });
  }

  committed(groupId: string, topic: string): Promise<Map<number, Committed>> {
    return this.#ask((admin) => fetchCommitted(admin, groupId, topic));
  }

  producer({ transactionalId, idempotent = false }: ProducerOptions = {}): BusProducer {
    const transactions = transactionalId === undefined ? undefined : this.#transactions(transactionalId);
    const own = idempotent ? new IdempotentSender(this.#senderParts, this.#sender) : undefined;
    const producer = new KafkaProducer({
      sender: own ?? this.#sender,
      transactions,
      fence: () => this.#untilConnected(() => transactions!.fence()),
      close: async () => own?.close(),
    });
    this.#producers.add(producer);
    return producer;
  }

  async consume(options: ConsumerOptions, handlers: ConsumerHandlers): Promise<BusConsumer> {
    for (const topic of options.topics) await this.partitions(topic);
    const consumer = new KafkaConsumer(
      {
        kafka: this.#kafka,
        clock: this.#clock,
        brokers: this.#brokers,
        emit: this.#emit,
        sender: this.#sender,
        deliveryTimeoutMs: this.#deliveryTimeoutMs,
        sessionTimeoutMs: this.#options.sessionTimeoutMs ?? 10_000,
        admin: () => this.#connectedAdmin(),
        transactions: (id) => this.#transactions(id),
      },
      options,
      handlers,
    );
    this.#consumers.add(consumer);
    try {
      await consumer.start();
      return consumer;
    } catch (error) {
      this.#consumers.delete(consumer);
      throw toBusError(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    await this.#sender.close();
    await (await this.#admin?.catch(() => undefined))?.disconnect();
  }

  #transactions(id: string): Transactions {
    const compression = this.#options.compression ?? 'none';
    return new Transactions(id, { kafka: this.#kafka, sender: this.#sender, compression });
  }

  /** Calls the admin client, for as long as brokers may take to come up. */
  #ask<T>(call: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new BusError('CLOSED', 'the bus is closed'));
    return this.#untilConnected(async () => call(await this.#connectedAdmin()));
  }

  #untilConnected<T>(call: () => Promise<T>): Promise<T> {
    const timeoutMs = this.#options.connectTimeoutMs ?? 30_000;
    return untilDeadline(call, { clock: this.#clock, brokers: this.#brokers, timeoutMs });
  }

  #connectedAdmin(): Promise<Admin> {
    this.#admin ??= (async () => {
      const admin = this.#kafka.admin();
      await admin.connect();
      return admin;
    })().catch((error) => {
      this.#admin = undefined;
      throw error;
    });
    return this.#admin;
  }
}
