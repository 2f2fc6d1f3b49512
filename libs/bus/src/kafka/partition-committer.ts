import type { Admin } from 'kafkajs';
import type { Assignment } from '../assignment.ts';
import type { Clock } from '../clock.ts';
import { BusError } from '../errors.ts';
import type { BusEventListener, CommitRequest } from '../port.ts';
import type { BrokerState } from './broker-state.ts';
import type { GroupCommits } from './group-client.ts';
import { toBusError } from './kafka-error.ts';
import type { KafkaSender } from './kafka-sender.ts';
import { fetchCommitted } from './offsets.ts';
import type { PartitionWorker } from './partition-worker.ts';
import type { Transactions } from './transaction.ts';
import { untilDeadline } from './until-deadline.ts';

export interface CommitterParts {
  readonly clock: Clock;
  readonly brokers: BrokerState;
  readonly emit: BusEventListener;
  readonly sender: KafkaSender;
  readonly deliveryTimeoutMs: number;
  admin(): Promise<Admin>;
}

/** Publishes outputs and commits offsets for the partitions of one member. */
export class PartitionCommitter {
  readonly #parts: CommitterParts;
  readonly #commits: GroupCommits;

  constructor(parts: CommitterParts, commits: GroupCommits) {
    this.#parts = parts;
    this.#commits = commits;
  }

  async commit(worker: PartitionWorker, request: CommitRequest): Promise<void> {
    const { topic, partition } = worker.assignment;
    if (worker.transactions) await this.#commitTransaction(worker, worker.transactions, request);
    else await this.#commitOffset(worker, request);
    this.#parts.emit({ type: 'committed', topic, partition, offset: request.offset });
  }

  async #commitOffset(worker: PartitionWorker, { offset, metadata = '', outputs = [] }: CommitRequest): Promise<void> {
    const { assignment } = worker;
    if (outputs.length > 0) {
      await this.#parts.sender.send(outputs);
      this.#parts.sender.sent(outputs);
    }
    await this.#untilDeadline(async () => {
      if (!worker.isOwned) throw fenced(assignment);
      try {
        await this.#commits.commit(assignment, offset, metadata);
      } catch (error) {
        const { code, message } = toBusError(error);
        // The group has moved on without us, or is about to. When it is settled the partition is ours again, or not.
        if (code === 'FENCED') throw new BusError('FENCED', message, { retryable: true, cause: error });
        throw error;
      }
    });
  }

  /**
   * After a failure nobody knows whether the transaction was committed. Taking the id over settles it; then the group's
   * offset tells: ours, so it was; the one before, so it was not; any other, so somebody else has the partition.
   */
  async #commitTransaction(worker: PartitionWorker, transactions: Transactions, request: CommitRequest): Promise<void> {
    const { assignment } = worker;
    const { topic, partition, groupId, committed: before } = assignment;
    const wanted = { offset: request.offset, metadata: request.metadata ?? '' };
    await this.#untilDeadline(async () => {
      if (!worker.isOwned) throw fenced(assignment);
      if (!transactions.isFencing) {
        await transactions.fence();
        const now = (await fetchCommitted(await this.#parts.admin(), groupId, topic)).get(partition);
        if (now?.offset === wanted.offset && now.metadata === wanted.metadata) return;
        if (now?.offset !== before?.offset || now?.metadata !== before?.metadata) throw fenced(assignment);
      }
      await transactions.commit(request.outputs ?? [], groupId, [{ topic, partition, ...wanted }]);
    });
  }

  #untilDeadline(call: () => Promise<void>): Promise<void> {
    const { clock, brokers, emit, deliveryTimeoutMs: timeoutMs } = this.#parts;
    const onRetry = (error: BusError) => emit({ type: 'retried', what: 'commit', reason: error.message });
    return untilDeadline(call, { clock, brokers, timeoutMs, onRetry });
  }
}

export function fenced({ topic, partition }: Pick<Assignment, 'topic' | 'partition'>): BusError {
  return new BusError('FENCED', `${topic}/${partition} was taken away`);
}
