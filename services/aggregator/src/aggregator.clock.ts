import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@flowloom/service-kit';
import type { EmitAggregator } from './aggregator.events.ts';

export interface ClockOptions {
  /** Closes what idle partitions hold. */
  readonly tick: () => Promise<void>;
  readonly publish: () => Promise<void>;
  readonly publishMs: number;
  readonly emit: EmitAggregator;
  /** In order, once the consumers are gone and the last metrics are out. */
  readonly closing: readonly { close(): Promise<unknown> }[];
}

const tickMs = 1000;

/** What happens by the clock, and the order in which the service ends. */
export class AggregatorClock implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #options: ClockOptions;
  readonly #timers: NodeJS.Timeout[];
  #publishing: Promise<void> = Promise.resolve();

  constructor(options: ClockOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => void this.#guard('closing minutes', options.tick), tickMs),
      setInterval(() => void this.#publish(), options.publishMs),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#publishing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#publish();
    for (const one of this.#options.closing) await one.close();
  }

  /** One after the other: two at once would send the same series in the wrong order. */
  #publish(): Promise<void> {
    this.#publishing = this.#publishing.then(() => this.#guard('publishing metrics', this.#options.publish));
    return this.#publishing;
  }

  async #guard(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.emit.clockFailed({ what, message: (error as Error).message });
    }
  }
}
