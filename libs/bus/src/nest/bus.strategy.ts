import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { deadLetterOf } from '../dead-letter.ts';
import type {
  AssignedPartition,
  Bus,
  BusBatch,
  BusConsumer,
  BusEventListener,
  BusProducer,
  BusRecord,
  ConsumerOptions,
} from '../port.ts';
import { BatchContext } from './batch-context.ts';
import { assignedOf, revokedOf } from './patterns.ts';

export interface BusStrategyOptions extends Omit<ConsumerOptions, 'topics'> {
  /** Stays open when the strategy closes: whoever made it closes it last (`onApplicationShutdown`). */
  readonly bus: Bus;
  /** Before the topic of each pattern: `flowloom.` */
  readonly prefix: string;
  /** Full name of the topic for poison records. */
  readonly deadLetterTopic: string;
  readonly onEvent?: BusEventListener;
  /** The consumer cannot go on: the process should end. */
  readonly onFailed?: (error: Error) => void;
}

/**
 * Brings the bus to Nest controllers, a whole batch per call:
 *
 *     @EventPattern('flows.raw')
 *     async onFlows(batch: BusBatch, context: BatchContext) { ... await context.partition.commit({ offset, outputs }) }
 *
 * - One handler per topic; the pattern is the topic without the prefix. Order, retries and commits: see `Bus`.
 * - `assignedOf(topic)` and `revokedOf(topic)` are patterns of their own, called with the `AssignedPartition`.
 * - `close` waits for running handlers and calls `revoked` handlers, which can still commit.
 */
export class BusStrategy extends Server implements CustomTransportStrategy {
  /** An error of a handler goes to the bus, which calls the handler again. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: BusStrategyOptions;
  readonly #patterns = new Map<string, string>();
  #consumer: BusConsumer | undefined;
  #deadLetters: BusProducer | undefined;

  constructor(options: BusStrategyOptions) {
    super();
    this.#options = options;
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    const { bus, prefix } = this.#options;
    for (const pattern of this.messageHandlers.keys()) {
      if (!/:(assigned|revoked)$/.test(pattern)) this.#patterns.set(prefix + pattern, pattern);
    }
    try {
      this.#deadLetters = bus.producer();
      this.#consumer = await bus.consume(
        { ...this.#options, topics: [...this.#patterns.keys()] },
        {
          eachBatch: (batch) => this.#handle(batch),
          assigned: (partition) => this.#tell(partition, assignedOf),
          revoked: (partition) => this.#tell(partition, revokedOf),
          failed: this.#options.onFailed,
        },
      );
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.#consumer?.close();
    await this.#deadLetters?.close();
  }

  /** Nest's interface for events of the broker; the bus reports its own through `onEvent`. */
  override on(): void {}

  override unwrap<T>(): T {
    return this.#options.bus as T;
  }

  #handle(batch: BusBatch): Promise<void> {
    const context = new BatchContext(batch, (record, reason) => this.#reject(record, reason));
    return this.#call(this.#patterns.get(batch.topic)!, batch, context);
  }

  async #tell(partition: AssignedPartition, patternOf: (topic: string) => string): Promise<void> {
    const pattern = patternOf(this.#patterns.get(partition.topic)!);
    if (this.messageHandlers.has(pattern)) await this.#call(pattern, partition);
  }

  /** Waits for whatever the handler returns, a promise or a stream, and throws what it throws. */
  async #call(pattern: string, ...args: unknown[]): Promise<void> {
    const result: unknown = await this.messageHandlers.get(pattern)!(args[0], args[1]);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }

  async #reject(record: BusRecord, reason: string): Promise<void> {
    const { deadLetterTopic, onEvent } = this.#options;
    await this.#deadLetters!.send([deadLetterOf(record, reason, deadLetterTopic)]);
    onEvent?.({ type: 'dead-lettered', topic: record.topic, reason });
  }
}
