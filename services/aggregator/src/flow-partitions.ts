import type { AssignedPartition, OutgoingRecord } from '@flowloom/bus';
import type { DecodedRecord } from '@flowloom/bus/nest';
import type { taggedFlow } from '@flowloom/records';
import type { EmitAggregator } from './aggregator.events.ts';
import type { FlowAggregator } from './core/flows/flow-aggregator.ts';
import type { ClosedMinute } from './core/flows/partition-windows.ts';
import { parsePosition, positionMetadata } from './core/flows/position-metadata.ts';
import type { TrafficMetrics } from './core/metrics/metrics.ts';
import type { FlowLogOutputs } from './flow-log-outputs.ts';

export interface FlowPartitionsOptions {
  readonly aggregator: FlowAggregator;
  readonly metrics: TrafficMetrics;
  readonly outputs: FlowLogOutputs;
  readonly emit: EmitAggregator;
  /** µs since the epoch. */
  readonly nowUs: () => number;
  readonly commitMs: number;
  /** Nobody will read the records again: hand out what is open before a partition goes. */
  readonly flushOnRevoke: boolean;
  /** How many partitions a topic has. */
  readonly partitions: (topic: string) => Promise<number>;
  readonly flowLogTopic: string;
}

interface Held {
  readonly partition: AssignedPartition;
  /** Handed out by the windows, and not yet committed. */
  pending: OutgoingRecord[];
  committedUs: number;
  /** One at a time: a batch, or the clock. */
  turn: Promise<unknown>;
}

/**
 * The partitions of `flows` that this process has: ticks into windows, closed minutes out, each with the position that
 * lets another go on from there. Outputs wait here until their commit succeeds, so that a commit that fails and is
 * tried again loses none.
 */
export class FlowPartitions {
  readonly #options: FlowPartitionsOptions;
  readonly #held = new Map<number, Held>();

  constructor(options: FlowPartitionsOptions) {
    this.#options = options;
  }

  assigned(partition: AssignedPartition): void {
    const { aggregator, nowUs } = this.#options;
    const { committed, partition: number } = partition;
    aggregator.open(number, committed && parsePosition(committed.offset, committed.metadata));
    this.#held.set(number, { partition, pending: [], committedUs: nowUs(), turn: Promise.resolve() });
  }

  /** Takes in the rows of records in their order; commits what they close. */
  add(partition: AssignedPartition, records: readonly DecodedRecord<typeof taggedFlow.fields>[]): Promise<void> {
    const { aggregator, metrics, nowUs, emit } = this.#options;
    const held = this.#held.get(partition.partition);
    if (!held) throw new Error(`partition ${partition.partition} of ${partition.topic} was not assigned`);
    return this.#inTurn(held, async () => {
      for (const { record, rows } of records) {
        if (!aggregator.add(partition.partition, rows, record.offset, record.timestampMs * 1000)) continue;
        metrics.addFlows(rows, nowUs());
        emit.ticksAdded({ rows: rows.length });
      }
      await this.#advance(held);
    });
  }

  /** What the clock closes, in partitions without records. */
  async tick(): Promise<void> {
    const { emit } = this.#options;
    const ticks = [...this.#held.values()].map((held) =>
      this.#inTurn(held, () => this.#advance(held)).catch(({ message }: Error) => {
        if (!held.partition.signal.aborted) emit.clockFailed({ what: 'closing minutes', message });
      }),
    );
    await Promise.all(ticks);
  }

  async revoked(partition: AssignedPartition): Promise<void> {
    const { aggregator, flushOnRevoke } = this.#options;
    const held = this.#held.get(partition.partition);
    if (!held) return;
    this.#held.delete(partition.partition);
    try {
      await held.turn.catch(() => {});
      if (flushOnRevoke) {
        const outputPartition = await this.#outputPartition(held);
        await this.#publish(held, aggregator.windows(partition.partition).flush(), outputPartition, true);
      }
    } finally {
      aggregator.drop(partition.partition);
    }
  }

  #inTurn(held: Held, work: () => Promise<void>): Promise<void> {
    const turn = held.turn.catch(() => {}).then(work);
    held.turn = turn;
    return turn;
  }

  async #advance(held: Held): Promise<void> {
    const { aggregator, nowUs, commitMs } = this.#options;
    const isDue = nowUs() - held.committedUs >= commitMs * 1000;
    // What may fail comes before the windows hand anything out.
    const outputPartition = await this.#outputPartition(held);
    await this.#publish(held, aggregator.advance(held.partition.partition), outputPartition, isDue);
  }

  async #outputPartition({ partition }: Held): Promise<number> {
    const { partitions, flowLogTopic } = this.#options;
    return partition.partition % (await partitions(flowLogTopic));
  }

  async #publish(held: Held, minutes: readonly ClosedMinute[], outputPartition: number, isDue: boolean): Promise<void> {
    const { aggregator, outputs, emit, nowUs } = this.#options;
    const { partition } = held;
    for (const { rows, isLate } of minutes) {
      for (const output of outputs.of(rows, outputPartition)) held.pending.push(output);
      emit.minuteClosed({ rows: rows.length, late: isLate });
    }
    const position = aggregator.windows(partition.partition).position;
    const isNews = position.processed > (partition.committed?.offset ?? 0);
    if (held.pending.length === 0 && !(isDue && isNews)) return;
    const metadata = positionMetadata(position);
    await partition.commit({ offset: position.offset, metadata, outputs: held.pending });
    held.pending = [];
    held.committedUs = nowUs();
  }
}
