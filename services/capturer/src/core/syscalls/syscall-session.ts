import type { L7Options } from '@flowloom/l7';
import { rawRequest } from '@flowloom/records';
import { ObservedCauses } from '../cause/cause-linker.ts';
import { encodeRecords } from '../encode-records.ts';
import { PartitionedRows } from '../partitioned-rows.ts';
import type { RawRecord } from '../raw-record.ts';
import { requestPartition } from '../row-keys.ts';
import { SyscallPipeline } from './syscall-pipeline.ts';
import type { SyscallSource, SyscallSourceCounters } from './syscall-source.ts';

export interface SyscallSessionOptions {
  /** `agent` of the rows. */
  readonly agent: string;
  /** Partitions of `requests.raw`. */
  readonly partitions: number;
  readonly maxSockets: number;
  readonly l7: Partial<L7Options>;
}

/** What a session has counted since its start. */
export interface SyscallCounters extends SyscallSourceCounters {
  /** Sockets at present. */
  readonly sockets: number;
  /** Sockets forgotten for want of room. */
  readonly evictedSockets: number;
  readonly l7: Readonly<Record<string, number>>;
}

/** What a session makes of a second. */
export interface SyscallOutput {
  readonly records: readonly RawRecord[];
  readonly counters: SyscallCounters;
}

const tickMs = 1000;

/** System calls of a source through the pipeline, and once a second the rows as records for the bus. Bounded memory. */
export class SyscallSession {
  readonly #source: SyscallSource;
  readonly #pipeline: SyscallPipeline;
  readonly #rows: PartitionedRows<typeof rawRequest.fields>;
  readonly #output: (output: SyscallOutput) => void;
  readonly #failed: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    source: SyscallSource,
    options: SyscallSessionOptions,
    output: (output: SyscallOutput) => void,
    failed: (error: Error) => void,
  ) {
    this.#source = source;
    this.#output = output;
    this.#failed = failed;
    this.#rows = new PartitionedRows(rawRequest, options.partitions, requestPartition);
    this.#pipeline = new SyscallPipeline({
      ...options,
      requests: (batch) => this.#rows.add(batch),
      linker: new ObservedCauses(),
      source,
    });
  }

  /** Begins. Throws a `SourceError` where system calls cannot be seen. */
  start(): void {
    this.#source.open({
      event: (event) => this.#pipeline.event(event),
      ownConnection: (event) => this.#pipeline.ownConnection(event),
      failed: (error) => this.#failed(error),
    });
    this.#timer = setInterval(() => {
      this.#pipeline.tick(Date.now() * 1000);
      this.#publish(this.#source.counters());
    }, tickMs);
  }

  /** Ends: what is open is reported, and everything goes to the output. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#source.drain();
    const counters = this.#source.counters();
    const closed = this.#source.close();
    this.#pipeline.flush(Date.now() * 1000);
    this.#publish(counters);
    await closed;
  }

  #publish(source: SyscallSourceCounters): void {
    const records: RawRecord[] = [];
    for (const [partition, batch] of this.#rows.take()) records.push(...encodeRecords('requestsRaw', partition, batch));
    const { stats, sockets } = this.#pipeline;
    const counters = { ...source, sockets: sockets.open, evictedSockets: sockets.evicted, l7: { ...stats } };
    this.#output({ records, counters });
  }
}
