import type { BusProducer } from '@flowloom/bus';
import { recordHeaders, topicName, topics } from '@flowloom/records';
import type { PublishQueue } from './publish-queue.ts';
import type { RawRecord, RawTopic } from './raw-record.ts';

export interface PublisherEvents {
  published(event: { topic: string; rows: number; bytes: number }): void;
  publishFailed(event: { reason: string; waitingBytes: number }): void;
}

export interface PublisherOptions {
  readonly topicPrefix: string;
  /** Pause after the bus did not take records, ms. */
  readonly retryMs?: number;
  /** While the bus is away, only so much stays in memory: a crash loses no more. */
  readonly awayBytes?: number;
}

/** Bytes that one call of the producer carries. */
const sendBytes = 4 << 20;

/** How long a publisher that closes still tries where the bus does not take records, ms. */
const closingMs = 5000;

/**
 * Sends what the queue holds, one batch after the other, so that the order of each partition is kept. What the bus does
 * not take stays first in line and is tried again, for ever. The producer is to be idempotent, so that nothing is repeated
 * by that.
 */
export class Publisher {
  readonly #producer: BusProducer;
  readonly #queue: PublishQueue;
  readonly #events: PublisherEvents;
  readonly #options: Required<PublisherOptions>;
  #running: Promise<void> | undefined;
  #isClosing = false;
  readonly #givingUp = new AbortController();
  #wake: () => void = () => {};
  /** The bus did not take the last batch. */
  isAway = false;

  constructor(producer: BusProducer, queue: PublishQueue, events: PublisherEvents, options: PublisherOptions) {
    this.#producer = producer;
    this.#queue = queue;
    this.#events = events;
    this.#options = { retryMs: 1000, awayBytes: 8 << 20, ...options };
  }

  /** Takes records over; sends them as soon as those before them are sent. */
  publish(records: readonly RawRecord[]): void {
    this.#queue.push(records);
    if (this.isAway) this.#queue.spill(this.#options.awayBytes);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    for (let batch = this.#queue.next(sendBytes); batch.length > 0; batch = this.#queue.next(sendBytes)) {
      try {
        const records = batch.map((record) => this.#outgoing(record));
        await this.#producer.send(records, { signal: this.#givingUp.signal, onRetry: (error) => this.#failed(error) });
      } catch (error) {
        this.#queue.unsent();
        this.#failed(error as Error);
        if (this.#isClosing) return;
        await this.#pause();
        continue;
      }
      this.isAway = false;
      this.#queue.sent();
      for (const { topic, rows, value } of batch) this.#events.published({ topic, rows, bytes: value.length });
    }
  }

  #failed({ message: reason }: Error): void {
    this.isAway = true;
    this.#events.publishFailed({ reason, waitingBytes: this.#queue.bytes + this.#queue.spilledBytes });
  }

  #outgoing({ topic, partition, value }: RawRecord) {
    return { topic: this.#name(topic), partition, value, headers: recordHeaders(topics[topic].record) };
  }

  #name(topic: RawTopic): string {
    return topicName(topics[topic], this.#options.topicPrefix);
  }

  #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#options.retryMs);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  /** Sends what waits; what the bus does not take soon goes to the spill buffer. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    const giveUp = setTimeout(() => this.#givingUp.abort(), closingMs);
    await this.#running;
    if (!this.isAway) await this.#run();
    clearTimeout(giveUp);
    this.#queue.spill(0);
    await this.#producer.close();
  }
}
