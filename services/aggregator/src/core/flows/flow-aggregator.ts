import type { TaggedFlows } from './flow-window.ts';
import { type ClosedMinute, PartitionWindows, type WindowOptions, type WindowPosition } from './partition-windows.ts';

export interface FlowAggregatorOptions extends Partial<WindowOptions> {
  /** Wall clock in µs; absent in a replay, where event time is all there is. */
  readonly nowUs?: () => number;
  /** A partition without records for so long no longer holds back its minutes, µs of wall clock. */
  readonly idleUs?: number;
}

export interface ClosedPartition {
  readonly partition: number;
  readonly minutes: readonly ClosedMinute[];
}

interface Partition {
  readonly windows: PartitionWindows;
  lastAddUs: number;
}

/** Flow ticks to flow logs: event-time minutes with a watermark per partition. */
export class FlowAggregator {
  readonly #windowOptions: WindowOptions;
  readonly #nowUs: () => number;
  readonly #idleUs: number;
  readonly #partitions = new Map<number, Partition>();

  constructor(options: FlowAggregatorOptions = {}) {
    const { latenessUs = 10_000_000, maxAheadUs = 60_000_000, idleUs = 30_000_000 } = options;
    this.#windowOptions = { latenessUs, maxAheadUs };
    this.#nowUs = options.nowUs ?? (() => Number.POSITIVE_INFINITY);
    this.#idleUs = idleUs;
  }

  /** Begins a partition where it was left. Without this call a partition begins at its first record. */
  open(partition: number, position?: WindowPosition): PartitionWindows {
    const windows = new PartitionWindows(this.#windowOptions, position);
    this.#partitions.set(partition, { windows, lastAddUs: this.#nowUs() });
    return windows;
  }

  /** Forgets a partition and its open minutes: whoever has it now reads them again. */
  drop(partition: number): void {
    this.#partitions.delete(partition);
  }

  windows(partition: number): PartitionWindows {
    return this.#partitions.get(partition)?.windows ?? this.open(partition);
  }

  /**
   * Ticks of one record, which the bus got at `recordedUs`. They are copied: the batch stays the caller's.
   * False for a record that was taken in before, here or by whoever had the partition.
   */
  add(partition: number, ticks: TaggedFlows, offset: number, recordedUs = Number.POSITIVE_INFINITY): boolean {
    const isNew = this.windows(partition).add(ticks, offset, recordedUs);
    this.#partitions.get(partition)!.lastAddUs = this.#nowUs();
    return isNew;
  }

  /** The minutes of a partition that its watermark has passed. The watermark follows the rows, then the idle clock. */
  advance(partition: number): ClosedMinute[] {
    const { windows, lastAddUs } = this.#partitions.get(partition) ?? { windows: this.open(partition), lastAddUs: 0 };
    const nowUs = this.#nowUs();
    if (Number.isFinite(nowUs) && nowUs - lastAddUs >= this.#idleUs) windows.advanceTo(nowUs - this.#idleUs);
    return windows.takeClosed();
  }

  /** Closes every minute of every partition: the input has ended. */
  flush(): ClosedPartition[] {
    return [...this.#partitions].map(([partition, { windows }]) => ({ partition, minutes: windows.flush() }));
  }

  /** Rows of open minutes. */
  get openRows(): number {
    let rows = 0;
    for (const { windows } of this.#partitions.values()) rows += windows.openRows;
    return rows;
  }
}
