import type { Kafka, TopicMessages } from 'kafkajs';
import type { Clock } from '../clock.ts';
import type { BusEventListener, OutgoingRecord } from '../port.ts';
import { valueBytes } from '../value.ts';
import type { BrokerState } from './broker-state.ts';
import { compressionTypes } from './compression.ts';
import { InFlight } from './in-flight.ts';
import type { KafkaCompression } from './kafka-options.ts';
import { ProducerConnection } from './producer-connection.ts';
import { Rounds, sizeOf } from './rounds.ts';
import { untilDeadline } from './until-deadline.ts';

export interface SenderParts {
  readonly kafka: Kafka;
  readonly clock: Clock;
  readonly brokers: BrokerState;
  readonly emit: BusEventListener;
  readonly compression: KafkaCompression;
  readonly deliveryTimeoutMs: number;
  readonly maxInFlightBytes: number;
  /** Throws TOPIC_UNKNOWN. */
  partitions(topic: string): Promise<number>;
}

/** How a round of messages leaves: the plain producer, or a transaction. */
export type SendRound = (round: TopicMessages[]) => Promise<void>;

/** Sends records outside of transactions, and prepares those inside of them; one for the whole bus. */
export class KafkaSender {
  readonly #parts: SenderParts;
  readonly #rounds = new Rounds();
  readonly #inFlight: InFlight;
  readonly #connection: ProducerConnection;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#inFlight = new InFlight(parts.maxInFlightBytes);
    this.#connection = new ProducerConnection(parts.kafka);
  }

  /** Resolves when all in-sync replicas have the records. */
  async send(records: readonly OutgoingRecord[]): Promise<void> {
    const { clock, brokers, deliveryTimeoutMs: timeoutMs, emit } = this.#parts;
    const compression = compressionTypes[this.#parts.compression];
    await this.deliver(records, (topicMessages) =>
      untilDeadline(
        async () => {
          const producer = await this.#connection.get();
          await producer.sendBatch({ topicMessages, acks: -1, compression });
        },
        {
          clock,
          brokers,
          timeoutMs,
          onRetry: (error) => emit({ type: 'retried', what: 'send', reason: error.message }),
        },
      ),
    );
  }

  /** Hands the records on in rounds, in their order, while the bound of bytes in flight allows. */
  async deliver(records: readonly OutgoingRecord[], sendRound: SendRound): Promise<void> {
    if (records.length === 0) return;
    const counts = new Map<string, number>();
    for (const { topic } of records) {
      if (!counts.has(topic)) counts.set(topic, await this.#parts.partitions(topic));
    }
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    await this.#inFlight.run(bytes, async () => {
      for (const round of this.#rounds.split(records, (topic) => counts.get(topic)!)) await sendRound(round);
    });
  }

  /** Tells of records that were acknowledged or committed. */
  sent(records: readonly OutgoingRecord[]): void {
    const sums = new Map<string, { records: number; bytes: number }>();
    for (const record of records) {
      const { topic } = record;
      const sum = sums.get(topic) ?? { records: 0, bytes: 0 };
      sums.set(topic, { records: sum.records + 1, bytes: sum.bytes + valueBytes(record) });
    }
    for (const [topic, sum] of sums) this.#parts.emit({ type: 'sent', topic, ...sum });
  }

  close(): Promise<void> {
    return this.#connection.drop();
  }
}
