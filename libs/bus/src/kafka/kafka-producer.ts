import { BusError } from '../errors.ts';
import type { BusProducer, OutgoingRecord, PartitionCommit, SendOptions } from '../port.ts';
import type { Transactions } from './transaction.ts';

export interface ProducerParts {
  /** Of the whole bus, or of this producer alone. */
  readonly sender: {
    send(records: readonly OutgoingRecord[], options?: SendOptions): Promise<void>;
    sent(records: readonly OutgoingRecord[]): void;
  };
  readonly transactions?: Transactions;
  /** Takes the transactional id over; retries until the connect deadline. */
  fence(): Promise<void>;
  /** Ends what is this producer's alone. */
  close(): Promise<void>;
}

/** A producer of the bus; those without transactions that may repeat share one connection. */
export class KafkaProducer implements BusProducer {
  readonly #parts: ProducerParts;
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;
  #isFenced = false;

  constructor(parts: ProducerParts) {
    this.#parts = parts;
  }

  send(records: readonly OutgoingRecord[], options?: SendOptions): Promise<void> {
    return this.#track(async () => {
      if (records.length === 0) return;
      await this.#parts.sender.send(records, options);
      this.#parts.sender.sent(records);
    });
  }

  transaction(records: readonly OutgoingRecord[], groupId: string, offsets: readonly PartitionCommit[]): Promise<void> {
    return this.#track(async () => {
      const { transactions, fence } = this.#parts;
      if (!transactions) throw new BusError('INVALID', 'the producer has no transactional id');
      if (this.#isFenced) throw new BusError('FENCED', 'a younger producer has this transactional id');
      try {
        if (!transactions.isFencing) await fence();
        await transactions.commit(records, groupId, offsets);
      } catch (error) {
        if (error instanceof BusError && error.code === 'FENCED') this.#isFenced = true;
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#running);
    await this.#parts.transactions?.close();
    await this.#parts.close();
  }

  #track(call: () => Promise<void>): Promise<void> {
    if (this.#isClosed) return Promise.reject(new BusError('CLOSED', 'the producer is closed'));
    const running = call();
    this.#running.add(running);
    const done = () => this.#running.delete(running);
    running.then(done, done);
    return running;
  }
}
