import type { AssignedPartition, BusBatch, BusRecord, Committed, ConsumerHandlers } from '../port.ts';

/** Handlers that remember what they were given; commits after each batch unless told otherwise. */
export class Collector implements ConsumerHandlers {
  readonly records: BusRecord[] = [];
  readonly batches: BusBatch[] = [];
  readonly assignedTo: AssignedPartition[] = [];
  /** What each assignment brought as the group's last commit. */
  readonly readBack: (Committed | undefined)[] = [];
  readonly revokedFrom: AssignedPartition[] = [];
  readonly #commits: boolean;
  #wake: (() => void)[] = [];

  constructor(options: { commits?: boolean } = {}) {
    this.#commits = options.commits ?? true;
  }

  get values(): string[] {
    return this.records.map((record) => String(record.value));
  }

  async eachBatch(batch: BusBatch): Promise<void> {
    this.batches.push(batch);
    this.records.push(...batch.records);
    if (this.#commits) await batch.partition.commit({ offset: batch.records.at(-1)!.offset + 1 });
    this.#changed();
  }

  assigned(partition: AssignedPartition): void {
    this.assignedTo.push(partition);
    this.readBack.push(partition.committed);
    this.#changed();
  }

  revoked(partition: AssignedPartition): void {
    this.revokedFrom.push(partition);
    this.#changed();
  }

  /** Resolves once the condition holds; looks again after every call of a handler. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
