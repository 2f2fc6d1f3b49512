import { BusError } from '../errors.ts';
import type { BusProducer, OutgoingRecord, PartitionCommit } from '../port.ts';

export interface EmbeddedProducerParts {
  readonly isTransactional: boolean;
  isFenced(): boolean;
  send(records: readonly OutgoingRecord[]): Promise<void>;
  commit(groupId: string, commit: PartitionCommit): void;
}

export class EmbeddedProducer implements BusProducer {
  readonly #parts: EmbeddedProducerParts;
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: EmbeddedProducerParts) {
    this.#parts = parts;
  }

  send(records: readonly OutgoingRecord[]): Promise<void> {
    return this.#track(this.#send(records));
  }

  transaction(records: readonly OutgoingRecord[], groupId: string, offsets: readonly PartitionCommit[]): Promise<void> {
    return this.#track(this.#transaction(records, groupId, offsets));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#running);
  }

  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#isClosed) throw new BusError('CLOSED', 'the producer is closed');
    if (this.#parts.isFenced()) throw new BusError('FENCED', 'a younger producer has this transactional id');
    await this.#parts.send(records);
  }

  async #transaction(records: readonly OutgoingRecord[], groupId: string, offsets: readonly PartitionCommit[]) {
    if (!this.#parts.isTransactional) throw new BusError('INVALID', 'the producer has no transactional id');
    await this.#send(records);
    for (const commit of offsets) this.#parts.commit(groupId, commit);
  }

  #track(call: Promise<void>): Promise<void> {
    this.#running.add(call);
    call.then(
      () => this.#running.delete(call),
      () => this.#running.delete(call),
    );
    return call;
  }
}
