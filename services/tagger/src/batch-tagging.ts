import type { Bus, BusBatch, OutgoingRecord } from '@flowloom/bus';
import type { BatchContext } from '@flowloom/bus/nest';
import { Batch, type Fields, type RecordType, recordHeaders } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import { type Emit, inSpan } from '@flowloom/service-kit';
import type { taggerEvents } from './tagger.events.ts';

export const BATCH_TAGGING = Symbol('batch tagging');

/** A record of rows in, a record of tagged rows out: same key, same partition, committed together. */
export class BatchTagging {
  readonly #bus: Bus;
  readonly #prefix: string;
  readonly #emit: Emit<typeof taggerEvents>;
  /** One batch of each type, used again and again: new ones of this size keep the garbage collector busy. */
  readonly #into = new Map<string, Batch>();

  constructor(bus: Bus, prefix: string, emit: Emit<typeof taggerEvents>) {
    this.#bus = bus;
    this.#prefix = prefix;
    this.#emit = emit;
  }

  /** A record that is no batch of `from` goes to the dead-letter topic. */
  async handle<F extends Fields, T extends Fields>(
    batch: BusBatch,
    context: BatchContext,
    from: RecordType<F>,
    to: RecordType<T>,
    tag: (raw: Batch<F>, into: Batch<T>) => void,
  ): Promise<void> {
    const began = performance.now();
    const attributes = {
      'messaging.destination.name': batch.topic,
      'messaging.batch.message_count': batch.records.length,
    };
    const rows = await inSpan('flowloom.tagger.batch', attributes, async () => {
      const topic = this.#prefix + to.name;
      const partitions = await this.#bus.partitions(topic);
      const outputs: OutgoingRecord[] = [];
      let count = 0;
      for (const { record, rows } of await context.decode(from)) {
        count += rows.length;
        // The capturer chose the partition by what is in the rows; the key of a batch alone could not.
        const partition = record.partition % partitions;
        const value = this.#tagged(rows, to, tag);
        outputs.push({ topic, partition, key: record.key, value, headers: recordHeaders(to) });
      }
      await context.partition.commit({ offset: batch.records.at(-1)!.offset + 1, outputs });
      return count;
    });
    this.#emit.batchTagged({ topic: batch.topic, rows, seconds: (performance.now() - began) / 1000 });
  }

  #tagged<F extends Fields, T extends Fields>(
    rows: Batch<F>,
    to: RecordType<T>,
    tag: (raw: Batch<F>, into: Batch<T>) => void,
  ): Uint8Array {
    let into = this.#into.get(to.name) as Batch<T> | undefined;
    if (!into) this.#into.set(to.name, (into = new Batch(to)) as unknown as Batch);
    into.clear();
    tag(rows, into);
    return encodeArrow(into);
  }
}
