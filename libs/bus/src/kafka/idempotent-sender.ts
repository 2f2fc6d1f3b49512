import type { TopicMessages } from 'kafkajs';
import { Limit } from '../limit.ts';
import type { OutgoingRecord, SendOptions } from '../port.ts';
import { compressionTypes } from './compression.ts';
import type { KafkaSender, SenderParts } from './kafka-sender.ts';
import { ProducerConnection } from './producer-connection.ts';
import { untilDeadline } from './until-deadline.ts';

/**
 * Sends records so that a request whose answer was lost, and which goes out again, is stored once: brokers know the
 * sequence number of the last batch of each producer and partition (KIP-98).
 *
 * kafkajs takes the sequence number back where a request failed. So nothing else may go to the partition before the very
 * same batch has been acknowledged: one send at a time, a request for each partition, each tried until it succeeds. Where
 * one is given up nobody knows whether it was stored: a new producer, with new sequence numbers, begins then.
 */
export class IdempotentSender {
  readonly #parts: SenderParts;
  readonly #sender: KafkaSender;
  readonly #connection: ProducerConnection;
  readonly #oneAtATime = new Limit(1);

  constructor(parts: SenderParts, sender: KafkaSender) {
    this.#parts = parts;
    this.#sender = sender;
    this.#connection = new ProducerConnection(parts.kafka, { idempotent: true });
  }

  async send(records: readonly OutgoingRecord[], options: SendOptions = {}): Promise<void> {
    await this.#oneAtATime.run(async () => {
      try {
        await this.#sender.deliver(records, (round) => this.#sendRound(round, options));
      } catch (error) {
        await this.#connection.drop();
        throw error;
      }
    });
  }

  sent(records: readonly OutgoingRecord[]): void {
    this.#sender.sent(records);
  }

  close(): Promise<void> {
    return this.#connection.drop();
  }

  async #sendRound(round: readonly TopicMessages[], options: SendOptions): Promise<void> {
    const sends = round.flatMap(({ topic, messages }) =>
      [...Map.groupBy(messages, ({ partition }) => partition).values()].map((ofPartition) =>
        this.#sendToPartition({ topic, messages: ofPartition }, options),
      ),
    );
    // All have to be over before anything else is sent.
    const failed = (await Promise.allSettled(sends)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  #sendToPartition(messages: TopicMessages, { signal, onRetry }: SendOptions): Promise<void> {
    const { clock, brokers, emit } = this.#parts;
    const compression = compressionTypes[this.#parts.compression];
    const send = async () => {
      const producer = await this.#connection.get();
      await producer.sendBatch({ topicMessages: [messages], acks: -1, compression });
    };
    return untilDeadline(send, {
      clock,
      brokers,
      timeoutMs: Number.POSITIVE_INFINITY,
      signal,
      onRetry: (error) => {
        emit({ type: 'retried', what: 'send', reason: error.message });
        onRetry?.(error);
      },
    });
  }
}
