import { Assignment, type AssignmentActions } from '../assignment.ts';
import { callHandler, callOnce } from '../call-handler.ts';
import type { Clock } from '../clock.ts';
import { BusError } from '../errors.ts';
import { Limit } from '../limit.ts';
import type {
  AssignedPartition,
  BusConsumer,
  BusEventListener,
  BusRecord,
  CommitRequest,
  ConsumerHandlers,
  ConsumerOptions,
  OutgoingRecord,
} from '../port.ts';
import { valueBytes } from '../value.ts';
import type { EmbeddedTopic } from './embedded-topic.ts';
import type { Group, GroupMember, Place } from './group.ts';
import { PartitionReader } from './partition-reader.ts';

export interface EmbeddedConsumerParts {
  readonly group: Group;
  readonly clock: Clock;
  readonly emit: BusEventListener;
  topic(name: string): EmbeddedTopic;
  send(records: readonly OutgoingRecord[]): Promise<void>;
}

/** A member of a group in this process. */
export class EmbeddedConsumer implements BusConsumer, GroupMember, AssignmentActions {
  readonly topics: readonly string[];
  readonly #parts: EmbeddedConsumerParts;
  readonly #options: ConsumerOptions;
  readonly #handlers: ConsumerHandlers;
  readonly #limit: Limit;
  readonly #readers = new Map<string, PartitionReader>();
  #closing: Promise<void> | undefined;

  constructor(parts: EmbeddedConsumerParts, options: ConsumerOptions, handlers: ConsumerHandlers) {
    this.topics = options.topics;
    this.#parts = parts;
    this.#options = options;
    this.#handlers = handlers;
    this.#limit = new Limit(options.concurrency ?? 1);
  }

  get assignment(): readonly AssignedPartition[] {
    return [...this.#readers.values()].map((reader) => reader.assignment);
  }

  /** Stops and revokes first, while commits still count; then the group deals the partitions out anew. */
  close(): Promise<void> {
    this.#closing ??= this.revoke([]).then(() => this.#parts.group.leave(this));
    return this.#closing;
  }

  async revoke(keep: readonly Place[]): Promise<void> {
    const kept = new Set(keep.map(keyOf));
    const lost = [...this.#readers].filter(([key]) => !kept.has(key));
    await Promise.all(
      lost.map(async ([key, reader]) => {
        await reader.stop();
        await callOnce(() => this.#handlers.revoked?.(reader.assignment), this.#parts.emit);
        this.#readers.delete(key);
      }),
    );
    if (lost.length > 0) this.#rebalanced(0, lost.length);
  }

  async assign(places: readonly Place[]): Promise<void> {
    const gained = this.#closing ? [] : places.filter((place) => !this.#readers.has(keyOf(place)));
    const readers = gained.map((place) => this.#take(place));
    const { clock, emit } = this.#parts;
    for (const { assignment } of readers) {
      await callHandler(() => this.#handlers.assigned?.(assignment), assignment.signal, clock, emit);
    }
    for (const reader of readers) reader.start();
    if (gained.length > 0) this.#rebalanced(gained.length, 0);
  }

  #take(place: Place): PartitionReader {
    const { group } = this.#parts;
    const topic = this.#parts.topic(place.topic);
    const log = topic.logs[place.partition];
    const committed = group.committed(place.topic).get(place.partition);
    const assignment = new Assignment({ groupId: group.id, ...place }, committed, this);
    const begin = this.#options.from === 'latest' ? log.endOffset : log.startOffset;
    const offset = Math.max(committed?.offset ?? begin, log.startOffset);
    const maxBytes = this.#options.maxBatchBytes ?? 1024 * 1024;
    const reader = new PartitionReader(assignment, topic, offset, maxBytes, (...batch) => this.#deliver(...batch));
    this.#readers.set(keyOf(place), reader);
    return reader;
  }

  #deliver(partition: Assignment, records: readonly BusRecord[], endOffset: number): Promise<boolean> {
    const { topic } = partition;
    const { clock, emit } = this.#parts;
    const bytes = records.reduce((sum, record) => sum + valueBytes(record), 0);
    const lag = endOffset - records[records.length - 1].offset - 1;
    return this.#limit.run(() => {
      emit({ type: 'received', topic, partition: partition.partition, records: records.length, bytes, lag });
      const batch = { topic, partition, records, endOffset };
      return callHandler(() => this.#handlers.eachBatch(batch), partition.signal, clock, emit);
    });
  }

  async commit(assignment: Assignment, { offset, metadata = '', outputs = [] }: CommitRequest): Promise<void> {
    const { topic, partition } = assignment;
    if (this.#readers.get(keyOf(assignment))?.assignment !== assignment) {
      throw new BusError('FENCED', `${topic}/${partition} was taken away`);
    }
    await this.#parts.send(outputs);
    this.#parts.group.commit({ topic, partition, offset, metadata });
    this.#parts.emit({ type: 'committed', topic, partition, offset });
  }

  pause(assignment: Assignment): void {
    this.#readers.get(keyOf(assignment))?.pause();
  }

  resume(assignment: Assignment): void {
    this.#readers.get(keyOf(assignment))?.resume();
  }

  seek(assignment: Assignment, offset: number): void {
    this.#readers.get(keyOf(assignment))?.seek(offset);
  }

  #rebalanced(assigned: number, revoked: number): void {
    this.#parts.emit({ type: 'rebalanced', groupId: this.#parts.group.id, assigned, revoked });
  }
}

function keyOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}
