import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Assignment } from '../assignment.ts';
import type { BusRecord } from '../port.ts';
import type { EmbeddedTopic, Position } from './embedded-topic.ts';

/** What the reader does with records: resolves to false when they were not handled. */
export type Deliver = (assignment: Assignment, records: readonly BusRecord[], endOffset: number) => Promise<boolean>;

/** Reads one assigned partition from a position on, batch after batch, until the assignment is lost. */
export class PartitionReader {
  readonly assignment: Assignment;
  readonly #topic: EmbeddedTopic;
  readonly #position: Position;
  readonly #maxBatchBytes: number;
  readonly #deliver: Deliver;
  #done: Promise<void> = Promise.resolve();
  #isPaused = false;

  constructor(assignment: Assignment, topic: EmbeddedTopic, offset: number, maxBatchBytes: number, deliver: Deliver) {
    this.assignment = assignment;
    this.#topic = topic;
    this.#position = { partition: assignment.partition, offset };
    this.#maxBatchBytes = maxBatchBytes;
    this.#deliver = deliver;
    topic.addReader(this.#position);
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Resolves when the running handler is done. */
  async stop(): Promise<void> {
    this.assignment.lose();
    this.#log.notify();
    await this.#done;
    this.#topic.removeReader(this.#position);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#log.notify();
  }

  seek(offset: number): void {
    this.#position.offset = Math.min(Math.max(offset, this.#log.startOffset), this.#log.endOffset);
    this.#sought = true;
    this.#log.notify();
  }

  #sought = false;

  get #log() {
    return this.#topic.logs[this.assignment.partition];
  }

  async #run(): Promise<void> {
    const log = this.#log;
    while (!this.assignment.signal.aborted) {
      if (this.#isPaused || this.#position.offset >= log.endOffset) {
        await log.changed();
        continue;
      }
      const records = log.read(this.#position.offset, this.#maxBatchBytes);
      this.#sought = false;
      const done = await this.#deliver(this.assignment, records, log.endOffset);
      if (done && !this.#sought) this.#position.offset = records[records.length - 1].offset + 1;
      this.#topic.moved(this.assignment.partition);
      // Sockets and timers of the process come first: a busy partition must not starve them.
      await nextTurn();
    }
  }
}
