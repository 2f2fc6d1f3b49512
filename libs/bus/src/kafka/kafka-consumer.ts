import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { Assignment, type AssignmentActions } from '../assignment.ts';
import { Backoff } from '../backoff.ts';
import { callHandler, callOnce } from '../call-handler.ts';
import { Limit } from '../limit.ts';
import type {
  AssignedPartition,
  BusConsumer,
  BusRecord,
  CommitRequest,
  ConsumerHandlers,
  ConsumerOptions,
} from '../port.ts';
import { GroupCommits, type Joined, joinedOf, keyOf, type Place, recordsOf } from './group-client.ts';
import { consumerRetry } from './kafka-client.ts';
import { toBusError } from './kafka-error.ts';
import { fetchBounds, fetchCommitted } from './offsets.ts';
import { type CommitterParts, fenced, PartitionCommitter } from './partition-committer.ts';
import { PartitionWorker } from './partition-worker.ts';
import type { Transactions } from './transaction.ts';

/** How long a fetch waits for the handlers of what it brought before it leaves the slow ones behind. */
const patienceMs = 500;
const defaultBatchBytes = 1024 * 1024;

export interface ConsumerParts extends CommitterParts {
  readonly kafka: Kafka;
  readonly sessionTimeoutMs: number;
  transactions(transactionalId: string): Transactions;
}

/**
 * A member of a Kafka group. kafkajs fetches, keeps the membership and rebalances; here each partition has a worker of
 * its own, so that a slow or failing handler holds back its own partition and nothing else. kafkajs forgets positions at
 * every rebalance: the workers remember them, and a partition that stays goes on where it was.
 */
export class KafkaConsumer implements BusConsumer, AssignmentActions {
  readonly #parts: ConsumerParts;
  readonly #options: ConsumerOptions;
  readonly #handlers: ConsumerHandlers;
  readonly #consumer: Consumer;
  readonly #committer: PartitionCommitter;
  readonly #limit: Limit;
  readonly #workers = new Map<string, PartitionWorker>();
  /** The last change of each partition; the next one waits for it. */
  readonly #changes = new Map<string, Promise<void>>();
  #memberId = '';
  #closing: Promise<void> | undefined;

  constructor(parts: ConsumerParts, options: ConsumerOptions, handlers: ConsumerHandlers) {
    this.#parts = parts;
    this.#options = options;
    this.#handlers = handlers;
    this.#limit = new Limit(options.concurrency ?? 1);
    const maxBatchBytes = options.maxBatchBytes ?? defaultBatchBytes;
    this.#consumer = parts.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: parts.sessionTimeoutMs,
      heartbeatInterval: Math.min(1000, parts.sessionTimeoutMs / 3),
      rebalanceTimeout: 30_000,
      maxBytesPerPartition: maxBatchBytes,
      maxBytes: Math.max(8 * maxBatchBytes, 10 * 1024 * 1024),
      maxWaitTimeInMs: 200,
      retry: { ...consumerRetry, restartOnFailure: async () => !this.#closing },
    });
    this.#committer = new PartitionCommitter(parts, new GroupCommits(this.#consumer));
  }

  get assignment(): readonly AssignedPartition[] {
    return [...this.#workers.values()].map((worker) => worker.assignment);
  }

  /** Joins; resolves when the first partitions are prepared, or there are none for this member. */
  async start(): Promise<void> {
    const { emit, brokers } = this.#parts;
    const joined = new Promise<void>((resolve, reject) => {
      this.#consumer.on('consumer.group_join', ({ payload }) => {
        brokers.up();
        this.#joined(joinedOf(payload.memberId, payload.memberAssignment)).then(resolve, reject);
      });
      this.#consumer.on('consumer.crash', ({ payload }) => {
        const error = toBusError(payload.error);
        emit({ type: 'retried', what: 'connect', reason: error.message });
        this.#memberId = '';
        for (const worker of this.#workers.values()) void this.#lose(worker);
        if (payload.restart) return;
        if (error.retryable && !this.#closing) return void this.#runAgain();
        this.#handlers.failed?.(error);
        reject(error);
      });
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await this.#run();
    await joined;
  }

  async #run(): Promise<void> {
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Every partition of a fetch is handed on at once: `concurrency` is kept by `#limit`.
      partitionsConsumedConcurrently: 1000,
      eachBatch: (payload) => this.#onBatch(payload),
    });
  }

  /** kafkajs ends for good where it finds no coordinator for the group: a cluster that comes up has none for a while. */
  async #runAgain(): Promise<void> {
    const pauses = new Backoff(250, 5000);
    while (!this.#closing) {
      await this.#parts.clock.sleep(pauses.next());
      try {
        await this.#consumer.connect();
        return await this.#run();
      } catch (error) {
        this.#parts.emit({ type: 'retried', what: 'connect', reason: toBusError(error).message });
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async commit(assignment: Assignment, request: CommitRequest): Promise<void> {
    const worker = this.#workers.get(keyOf(assignment));
    if (worker?.assignment !== assignment) throw fenced(assignment);
    await this.#committer.commit(worker, request);
  }

  pause(assignment: Assignment): void {
    this.#setPaused(assignment, true);
  }

  resume(assignment: Assignment): void {
    this.#setPaused(assignment, false);
  }

  seek(assignment: Assignment, offset: number): void {
    const worker = this.#workers.get(keyOf(assignment));
    if (worker?.assignment !== assignment) return;
    worker.seek(offset);
    if (worker.isReady) this.#seek(worker);
  }

  async #close(): Promise<void> {
    const workers = [...this.#workers.values()];
    for (const worker of workers) {
      worker.assignment.lose();
      this.#pause(worker.assignment);
    }
    // The member stays in the group until its handlers are done: their commits still count.
    await Promise.all(workers.map((worker) => this.#change(worker.assignment, () => this.#release(worker))));
    await this.#consumer.disconnect();
  }

  /** The group dealt the partitions out. */
  async #joined({ memberId, places }: Joined): Promise<void> {
    const isNewMember = memberId !== this.#memberId;
    this.#memberId = memberId;
    const mine = new Set(places.map(keyOf));
    const before = [...this.#workers.values()];
    const lost = before.filter((worker) => isNewMember || !mine.has(keyOf(worker.assignment)));
    for (const worker of before) if (!lost.includes(worker)) this.#seek(worker);
    const kept = new Set(before.filter((worker) => !lost.includes(worker)).map(({ assignment }) => keyOf(assignment)));
    const gained = this.#closing ? [] : places.filter((place) => !kept.has(keyOf(place)));
    // Nothing is fetched for a new partition until it is known where to begin.
    for (const place of gained) this.#pause(place);
    this.#parts.emit({
      type: 'rebalanced',
      groupId: this.#options.groupId,
      assigned: gained.length,
      revoked: lost.length,
    });
    const losing = lost.map((worker) => this.#lose(worker));
    await Promise.all([...losing, ...gained.map((place) => this.#change(place, () => this.#take(place)))]);
  }

  #lose(worker: PartitionWorker): Promise<void> {
    worker.lose();
    return this.#change(worker.assignment, () => this.#release(worker));
  }

  async #release(worker: PartitionWorker): Promise<void> {
    const key = keyOf(worker.assignment);
    if (this.#workers.get(key) !== worker) return;
    await worker.idle;
    await callOnce(() => this.#handlers.revoked?.(worker.assignment), this.#parts.emit);
    if (this.#workers.get(key) === worker) this.#workers.delete(key);
    await worker.transactions?.close();
  }

  /** Takes a partition over: fences its last holder, reads its commit back, tells the handler, begins to fetch. */
  async #take(place: Place): Promise<void> {
    const { groupId, transactional, maxBatchBytes = defaultBatchBytes } = this.#options;
    const transactions = transactional
      ? this.#parts.transactions(`${groupId}-${place.topic}-${place.partition}`)
      : undefined;
    const assignment = new Assignment({ groupId, ...place }, undefined, this);
    const worker: PartitionWorker = new PartitionWorker(assignment, {
      transactions,
      maxBatchBytes,
      deliver: (records, endOffset) => this.#deliver(worker, records, endOffset),
    });
    this.#workers.set(keyOf(place), worker);
    const pauses = new Backoff(100, 5000);
    while (!assignment.signal.aborted) {
      try {
        await this.#prepare(worker);
        return;
      } catch (error) {
        this.#parts.emit({ type: 'retried', what: 'handler', reason: toBusError(error).message });
        await this.#parts.clock.sleep(pauses.next(), assignment.signal);
      }
    }
  }

  async #prepare(worker: PartitionWorker): Promise<void> {
    const { assignment } = worker;
    const { topic, partition, groupId } = assignment;
    await worker.transactions?.fence();
    const admin = await this.#parts.admin();
    const bounds = (await fetchBounds(admin, topic)).get(partition) ?? { low: 0, high: 0 };
    assignment.committed = (await fetchCommitted(admin, groupId, topic)).get(partition);
    const begin = this.#options.from === 'latest' ? bounds.high : bounds.low;
    worker.fetchOffset = Math.max(assignment.committed?.offset ?? begin, bounds.low);
    await this.#handlers.assigned?.(assignment);
    if (!worker.isOwned) return;
    worker.isReady = true;
    this.#seek(worker);
    this.#applyPause(worker);
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat } = payload;
    const worker = this.#workers.get(keyOf(batch));
    // What is not taken is not resolved, so it will be fetched again.
    if (!worker?.isReady || payload.isStale() || this.#closing) return;
    if (!worker.isBusy) {
      const records = recordsOf(payload, worker.fetchOffset);
      if (records.length > 0)
        void worker.take(records, Number(batch.highWatermark)).then(() => this.#applyPause(worker));
      resolveOffset(batch.lastOffset());
    }
    const isDone = await this.#withinPatience(worker.idle);
    if (!isDone) this.#applyPause(worker);
    await heartbeat();
  }

  async #withinPatience(done: Promise<void>): Promise<boolean> {
    const waiting = new AbortController();
    const late = this.#parts.clock.sleep(patienceMs, waiting.signal).then(() => false);
    const isDone = await Promise.race([done.then(() => true), late]);
    waiting.abort();
    return isDone;
  }

  #deliver(worker: PartitionWorker, records: readonly BusRecord[], endOffset: number): Promise<boolean> {
    const { assignment } = worker;
    const { topic, partition } = assignment;
    const { emit, clock } = this.#parts;
    const bytes = records.reduce((sum, record) => sum + (record.value?.length ?? 0), 0);
    const lag = Math.max(endOffset - records[records.length - 1].offset - 1, 0);
    return this.#limit.run(async () => {
      if (assignment.signal.aborted) return false;
      emit({ type: 'received', topic, partition, records: records.length, bytes, lag });
      const batch = { topic, partition: assignment, records, endOffset };
      const isDone = await callHandler(() => this.#handlers.eachBatch(batch), assignment.signal, clock, emit);
      if (!isDone && worker.isOwned && !this.#closing) this.#takeAgain(worker);
      return isDone;
    });
  }

  /** Somebody else's transaction took the partition for a moment, but the group says that it is ours: begin anew. */
  #takeAgain(worker: PartitionWorker): void {
    const { assignment } = worker;
    const { topic, partition } = assignment;
    this.#pause(assignment);
    void this.#lose(worker).then(() => this.#change(assignment, () => this.#take({ topic, partition })));
  }

  #setPaused(assignment: Assignment, isPaused: boolean): void {
    const worker = this.#workers.get(keyOf(assignment));
    if (worker?.assignment !== assignment) return;
    worker.isPaused = isPaused;
    this.#applyPause(worker);
  }

  #applyPause(worker: PartitionWorker): void {
    if (this.#closing || this.#workers.get(keyOf(worker.assignment)) !== worker) return;
    const { topic, partition } = worker.assignment;
    if (worker.isPaused || worker.isBusy || !worker.isReady) this.#pause({ topic, partition });
    else this.#whileMember(() => this.#consumer.resume([{ topic, partitions: [partition] }]));
  }

  #pause({ topic, partition }: Place): void {
    this.#whileMember(() => this.#consumer.pause([{ topic, partitions: [partition] }]));
  }

  /** kafkajs throws while it restarts. Then there is nothing to control: the next join begins from scratch. */
  #whileMember(control: () => void): void {
    try {
      control();
    } catch (error) {
      this.#parts.emit({ type: 'retried', what: 'connect', reason: toBusError(error).message });
    }
  }

  #seek({ assignment: { topic, partition }, fetchOffset }: PartitionWorker): void {
    this.#whileMember(() => this.#consumer.seek({ topic, partition, offset: String(fetchOffset) }));
  }

  #change(place: Place, change: () => Promise<void>): Promise<void> {
    const next = (this.#changes.get(keyOf(place)) ?? Promise.resolve()).then(change);
    this.#changes.set(
      keyOf(place),
      next.catch(() => {}),
    );
    return next;
  }
}
