import type { AssignedPartition, OutgoingRecord } from '@flowloom/bus';
import type { ExportQueue } from '@flowloom/otlp';
import type { Batch, taggedRequest } from '@flowloom/records';
import type { Origin } from './core/rows.ts';
import type { FinishedTrace, Tracer } from './core/tracer.ts';
import type { EmitTracer } from './tracer.events.ts';

export interface PartitionTracerOptions {
  /** Full name of the topic that finished traces go to; absent: none. */
  readonly spansTopic?: string;
  readonly exports?: ExportQueue;
  /** Rows that are not committed can be read again. */
  readonly rowsAreKept: boolean;
  readonly emit: EmitTracer;
}

/** One record of `requests`, and how many of its rows are not exported yet. */
interface ReadRecord extends Origin {
  readonly offset: number;
}

/**
 * The tracer of one partition, from its assignment to its loss. Offsets are committed up to the oldest record that still
 * has a row to export: after a crash those are read again, and what was published meanwhile is known by the link store.
 *
 *     publish: OTLP endpoint -> commit of spans and offset (one transaction, if on) -> link store
 *
 * Where nobody keeps the rows there is nothing to be had by waiting for the endpoint: who reads the spans has them at once.
 */
export class PartitionTracer {
  readonly #partition: AssignedPartition;
  readonly #tracer: Tracer;
  readonly #options: PartitionTracerOptions;
  #records: ReadRecord[] = [];
  #nextOffset: number;
  #committed: number;
  /** Finished but not published: a failed attempt is repeated with the same records. */
  #unpublished: FinishedTrace[] = [];
  #lane: Promise<unknown> = Promise.resolve();

  constructor(partition: AssignedPartition, tracer: Tracer, options: PartitionTracerOptions) {
    this.#partition = partition;
    this.#tracer = tracer;
    this.#options = options;
    this.#nextOffset = this.#committed = partition.committed?.offset ?? 0;
  }

  get open(): number {
    return this.#tracer.open;
  }

  /** Takes a record's rows; one that it had is passed over, as after a handler that failed. */
  add(offset: number, rows: Batch<typeof taggedRequest.fields>, nowUs: number): void {
    if (offset < this.#nextOffset) return;
    this.#nextOffset = offset + 1;
    const record = { offset, open: 0 };
    this.#tracer.add(rows, nowUs, record);
    this.#records.push(record);
    this.#options.emit.rowsRead({ rows: rows.length });
  }

  /** A record without rows for the tracer. */
  skip(offset: number): void {
    this.#nextOffset = Math.max(this.#nextOffset, offset + 1);
  }

  /** Publishes what is settled. Calls wait for each other. Throws what the commit throws. */
  advance(nowUs: number): Promise<void> {
    return this.#inLane(async () => {
      if (!this.#partition.signal.aborted) await this.#publish(() => this.#tracer.advance(nowUs));
    });
  }

  /** Publishes everything that is open, also while the consumer closes: when nobody would read the rows again. */
  flush(): Promise<void> {
    return this.#inLane(() => this.#publish(() => this.#tracer.flush()));
  }

  async #publish(next: () => Promise<FinishedTrace[]>): Promise<void> {
    const { emit, exports, rowsAreKept } = this.#options;
    if (this.#unpublished.length === 0) {
      this.#unpublished = await next();
      const delivered = ({ request, spans }: FinishedTrace) => exports?.deliver(request, spans);
      if (rowsAreKept) await Promise.all(this.#unpublished.map(delivered));
    }
    await this.#commit();
    if (!rowsAreKept) for (const { request, spans } of this.#unpublished) exports?.offer(request, spans);
    const spans = this.#unpublished.reduce((sum, record) => sum + record.spans, 0);
    if (spans > 0) emit.tracesFinished({ traces: this.#unpublished.length, spans });
    this.#unpublished = [];
    await this.#tracer.confirm();
  }

  async #commit(): Promise<void> {
    const { spansTopic } = this.#options;
    const outputs: OutgoingRecord[] = spansTopic
      ? this.#unpublished.map(({ traceId, request }) => ({ topic: spansTopic, key: traceId, value: request }))
      : [];
    const offset = this.#oldestOpen();
    if (outputs.length === 0 && offset === this.#committed) return;
    await this.#partition.commit({ offset, outputs });
    this.#committed = offset;
  }

  #oldestOpen(): number {
    const first = this.#records.findIndex(({ open }) => open > 0);
    this.#records.splice(0, first < 0 ? this.#records.length : first);
    return this.#records[0]?.offset ?? this.#nextOffset;
  }

  #inLane(work: () => Promise<void>): Promise<void> {
    const turn = this.#lane.then(work);
    this.#lane = turn.catch(() => {});
    return turn;
  }
}
