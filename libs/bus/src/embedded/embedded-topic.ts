import type { Clock } from '../clock.ts';
import { partitionOf } from '../murmur2.ts';
import type { BusRecord, OutgoingRecord, SharedValue, TopicSpec } from '../port.ts';
import { toBuffer } from '../value.ts';
import { PartitionLog } from './partition-log.ts';

type Headers = NonNullable<OutgoingRecord['headers']>;
const noHeaders: Headers = {};

/** Offset that a group reads next in one partition. */
export interface Position {
  readonly partition: number;
  offset: number;
}

/** A topic: its logs, who reads them, and how much of them is unread. */
export class EmbeddedTopic {
  readonly name: string;
  readonly logs: readonly PartitionLog[];
  readonly #retentionMs: number;
  readonly #retentionBytes: number;
  readonly #clock: Clock;
  readonly #positions = new Set<Position>();
  #lastHeaders: Headers = noHeaders;
  #lastBuffers: BusRecord['headers'] = {};
  #next = 0;
  #wake: (() => void)[] = [];

  constructor(spec: TopicSpec, retentionBytes: number, clock: Clock) {
    this.name = spec.name;
    this.logs = Array.from({ length: spec.partitions }, () => new PartitionLog());
    this.#retentionMs = spec.retentionMs ?? Number.POSITIVE_INFINITY;
    this.#retentionBytes = retentionBytes;
    this.#clock = clock;
  }

  /** A reader from now on: what it has not read is kept, and holds senders back. */
  addReader(position: Position): void {
    this.#positions.add(position);
  }

  removeReader(position: Position): void {
    this.#positions.delete(position);
    this.#release();
  }

  /** A reader has come further (or gone back). */
  moved(partition: number): void {
    this.#trim(partition);
    this.#release();
  }

  partitionFor(record: OutgoingRecord): number {
    if (record.partition !== undefined) return record.partition;
    if (record.key === undefined || record.key === null) return this.#next++ % this.logs.length;
    return partitionOf(record.key, this.logs.length);
  }

  append(record: OutgoingRecord): void {
    const partition = this.partitionFor(record);
    const { key, value, shared, headers = noHeaders } = record;
    const common = {
      topic: this.name,
      partition,
      timestampMs: record.timestampMs ?? this.#clock.now(),
      key: toBuffer(key),
      headers: this.#headersOf(headers),
    };
    this.logs[partition].append((offset) =>
      shared ? sharedRecord({ ...common, offset }, shared) : { ...common, offset, value: toBuffer(value) },
    );
  }

  /** Records of one `send` mostly share their headers: they are converted once. */
  #headersOf(headers: Headers): BusRecord['headers'] {
    if (headers !== this.#lastHeaders) {
      this.#lastHeaders = headers;
      this.#lastBuffers = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, toBuffer(text)!]));
    }
    return this.#lastBuffers;
  }

  /** After appends: readers learn of them, retention is kept. */
  flush(): void {
    for (const [partition, log] of this.logs.entries()) {
      this.#trim(partition);
      log.notify();
    }
  }

  /** Bytes that the slowest reader of each partition has yet to read. */
  unreadBytes(): number {
    let sum = 0;
    for (const [partition, log] of this.logs.entries()) sum += log.bytesFrom(this.#slowest(partition));
    return sum;
  }

  /** Resolves when less is unread than now, or a reader went away. */
  released(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #slowest(partition: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const position of this.#positions) {
      if (position.partition === partition && position.offset < least) least = position.offset;
    }
    return least;
  }

  #trim(partition: number): void {
    const log = this.logs[partition];
    const passed = Math.min(this.#slowest(partition), log.endOffset);
    log.trim(passed, this.#retentionBytes, this.#clock.now() - this.#retentionMs);
  }

  #release(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

function sharedRecord(common: Omit<BusRecord, 'value' | 'shared'>, shared: SharedValue): BusRecord {
  let bytes: Buffer | null = null;
  return {
    ...common,
    shared,
    get value() {
      return (bytes ??= toBuffer(shared.encode()));
    },
  };
}
