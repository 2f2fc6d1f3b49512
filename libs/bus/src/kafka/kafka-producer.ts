import { BusError } from '../errors.ts';
import type { BusProducer, OutgoingRecord, PartitionCommit } from '../port.ts';
import type { KafkaSender } from './kafka-sender.ts';
import type { Transactions } from './transaction.ts';

/** A producer of the bus; those without transactions share one connection. */
export class KafkaProducer implements BusProducer {
  readonly #sender: KafkaSender;
  readonly #transactions: Transactions | undefined;
  readonly #fence: (() => Promise<void>) | undefined;
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;
  #isFenced = false;

  /** @param fence Takes the transactional id over; retries until the connect deadline. */
  constructor(sender: KafkaSender, transactions?: Transactions, fence?: () => Promise<void>) {
    this.#sender = sender;
    this.#transactions = transactions;
    this.#fence = fence;
  }

  send(records: readonly OutgoingRecord[]): Promise<void> {
    return this.#track(async () => {
      if (records.length === 0) return;
      await this.#sender.send(records);
      this.#sender.sent(records);
    });
  }

  transaction(records: readonly OutgoingRecord[], groupId: string, offsets: readonly PartitionCommit[]): Promise<void> {
    return this.#track(async () => {
      const transactions = this.#transactions;
      if (!transactions) throw new BusError('INVALID', 'the producer has no transactional id');
      if (this.#isFenced) throw new BusError('FENCED', 'a younger producer has this transactional id');
      try {
        if (!transactions.isFencing) await this.#fence!();
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
    await this.#transactions?.close();
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
