import type { Bus, BusBatch, OutgoingRecord } from '@flowloom/bus';
import type { BatchContext } from '@flowloom/bus/nest';
import {
  Batch,
  type Fields,
  type NameColumn,
  type NumberColumn,
  type RecordType,
  recordHeaders,
} from '@flowloom/records';
import { encodeArrow, RowsValue } from '@flowloom/records/arrow';
import { type Emit, inSpan } from '@flowloom/service-kit';
import type { Tagger } from './core/tagger.ts';
import type { taggerEvents } from './tagger.events.ts';

export const BATCH_TAGGING = Symbol('batch tagging');

export interface BatchTaggingOptions {
  readonly bus: Bus;
  readonly topicPrefix: string;
  readonly tagger: Tagger;
  /** How long a batch waits at most for what is not known yet. */
  readonly waitMs: number;
  readonly emit: Emit<typeof taggerEvents>;
}

/** Tags the rows into a batch; sides without an owner of rows after `recentUs` are noted as unknown. */
export type Tag<F extends Fields, T extends Fields> = (raw: Batch<F>, into: Batch<T>, recentUs: number) => void;

/** A record of rows in, a record of tagged rows out: same key, same partition, committed together. */
export class BatchTagging {
  readonly #options: BatchTaggingOptions;
  /** One batch of each type, used again and again where rows leave as bytes: new ones keep the garbage collector busy. */
  readonly #into = new Map<string, Batch>();

  constructor(options: BatchTaggingOptions) {
    this.#options = options;
  }

  /** A record that is no batch of `from` goes to the dead-letter topic. */
  async handle<F extends Fields, T extends Fields>(
    batch: BusBatch,
    context: BatchContext,
    from: RecordType<F>,
    to: RecordType<T>,
    tag: Tag<F, T>,
  ): Promise<void> {
    const { bus, topicPrefix, emit } = this.#options;
    const began = performance.now();
    const attributes = {
      'messaging.destination.name': batch.topic,
      'messaging.batch.message_count': batch.records.length,
    };
    const rows = await inSpan('flowloom.tagger.batch', attributes, async () => {
      const topic = topicPrefix + to.name;
      const partitions = await bus.partitions(topic);
      const outputs: OutgoingRecord[] = [];
      let count = 0;
      const decoded = await context.decode(from);
      const wait = new Wait(this.#options, batch.topic);
      await wait.untilKnown(decoded.map(({ rows }) => this.#observe(rows as unknown as Batch, wait.beganUs)));
      for (const { record, rows } of decoded) {
        count += rows.length;
        // The capturer chose the partition by what is in the rows; the key of a batch alone could not.
        const partition = record.partition % partitions;
        const into = this.#batchOf(to, rows.length);
        const common = { topic, partition, key: record.key, headers: recordHeaders(to) };
        const output = await wait.whileUnknown((recentUs) => {
          into.clear();
          tag(rows, into, recentUs);
          // What encodes them, to be called before anything else is tagged.
          return () => ({ ...common, ...(this.#options.bus.sharesValues ? shared(into) : encoded(into)) });
        });
        outputs.push(output);
      }
      wait.end();
      await context.partition.commit({ offset: batch.records.at(-1)!.offset + 1, outputs });
      return count;
    });
    emit.batchTagged({ topic: batch.topic, rows, seconds: (performance.now() - began) / 1000 });
  }

  /** Compares the clock of the rows' agent with this one. Returns when the last of the rows began. */
  #observe(rows: Batch, nowUs: number): number {
    if (rows.length === 0) return 0;
    const latest = (name: string) => {
      const { values } = rows.column(name) as NumberColumn;
      let most = 0;
      for (let row = 0; row < rows.length; row++) most = Math.max(most, values[row]);
      return most;
    };
    // A record is of one agent.
    this.#options.tagger.clocks.observe((rows.column('agent') as NameColumn).get(0), latest('end_us'), nowUs);
    return Math.min(latest('start_us'), nowUs);
  }

  /** A batch for so many rows: a new one where it is passed on, else the one of before. */
  #batchOf<T extends Fields>(to: RecordType<T>, rows: number): Batch<T> {
    if (this.#options.bus.sharesValues) return new Batch(to, rows);
    let into = this.#into.get(to.name) as Batch<T> | undefined;
    if (!into) this.#into.set(to.name, (into = new Batch(to)) as unknown as Batch);
    return into;
  }
}

const shared = <F extends Fields>(rows: Batch<F>) => ({ value: null, shared: new RowsValue(rows) });
const encoded = <F extends Fields>(rows: Batch<F>) => ({ value: encodeArrow(rows) });

/** The patience of one batch: its rows wait together, at most so long. */
class Wait {
  readonly beganUs = Date.now() * 1000;
  readonly #options: BatchTaggingOptions;
  readonly #topic: string;
  readonly #deadline: number;
  #waitedMs = 0;
  #inVain = 0;

  constructor(options: BatchTaggingOptions, topic: string) {
    this.#options = options;
    this.#topic = topic;
    this.#deadline = performance.now() + options.waitMs;
  }

  /** Until all resources of the rows' time are known; not at all where nobody says so for longer than that. */
  async untilKnown(startsUs: readonly number[]): Promise<void> {
    const { knowledge } = this.#options.tagger;
    const lastUs = Math.max(0, ...startsUs);
    while (knowledge.untilUs <= lastUs && this.#isFollowed && (await this.#progress()));
  }

  /** Tags again while some address may still get an owner; `tag` returns what then makes the result, at once. */
  async whileUnknown<R>(tag: (recentUs: number) => () => R): Promise<R> {
    const { tagger, waitMs } = this.#options;
    const { unknown, counts } = tagger;
    const recentUs = this.#isFollowed ? this.beganUs - 1000 * waitMs : Number.POSITIVE_INFINITY;
    for (;;) {
      const before = { ...counts };
      const { version } = tagger;
      const result = tag(recentUs);
      if (unknown.length === 0) return result();
      if (performance.now() >= this.#deadline) {
        this.#inVain += unknown.length;
        unknown.giveUp();
        return result();
      }
      // These rows are counted when they are tagged again.
      const counted = { ...counts };
      for (const name of ['rows', 'ambiguous', 'unknown', 'stale'] as const) {
        counts[name] -= counted[name] - before[name];
      }
      while (tagger.version === version && (await this.#progress()));
    }
  }

  /** Somebody follows the cluster, or did a moment ago: otherwise there is nothing to wait for. */
  get #isFollowed(): boolean {
    const { knowledge } = this.#options.tagger;
    return knowledge.isLive && knowledge.untilUs > this.beganUs - 2000 * this.#options.waitMs;
  }

  end(): void {
    if (this.#waitedMs === 0) return;
    const seconds = this.#waitedMs / 1000;
    this.#options.emit.rowsWaited({ topic: this.#topic, seconds, addresses: this.#inVain });
  }

  /** Waits for news; false when the time is up. */
  async #progress(): Promise<boolean> {
    const began = performance.now();
    const leftMs = this.#deadline - began;
    if (leftMs <= 0) return false;
    await this.#options.tagger.knowledge.next(leftMs);
    this.#waitedMs += performance.now() - began;
    return true;
  }
}
