import type { Kafka, Producer, ProducerConfig } from 'kafkajs';
import { requestRetry } from './kafka-client.ts';

/** A producer of kafkajs that connects when it is first used, and anew after a failure to connect or `drop`. */
export class ProducerConnection {
  readonly #kafka: Kafka;
  readonly #config: ProducerConfig;
  #producer: Promise<Producer> | undefined;

  constructor(kafka: Kafka, config: ProducerConfig = {}) {
    this.#kafka = kafka;
    this.#config = { allowAutoTopicCreation: false, retry: requestRetry, ...config };
  }

  get(): Promise<Producer> {
    this.#producer ??= this.#connect().catch((error) => {
      this.#producer = undefined;
      throw error;
    });
    return this.#producer;
  }

  async drop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await (await producer?.catch(() => undefined))?.disconnect();
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer(this.#config);
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw error;
    }
    return producer;
  }
}
