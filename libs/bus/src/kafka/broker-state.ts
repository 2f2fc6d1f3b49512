import type { BusEventListener } from '../port.ts';

/** Whether brokers answer, told once per change: an outage is one line, not one per attempt. */
export class BrokerState {
  readonly #brokers: string;
  readonly #emit: BusEventListener;
  #isUp: boolean | undefined;

  constructor(brokers: readonly string[], emit: BusEventListener) {
    this.#brokers = brokers.join(',');
    this.#emit = emit;
  }

  up(): void {
    if (this.#isUp !== true) this.#emit({ type: 'connected', broker: this.#brokers });
    this.#isUp = true;
  }

  down(reason: string): void {
    if (this.#isUp !== false) this.#emit({ type: 'disconnected', broker: this.#brokers, reason });
    this.#isUp = false;
  }
}
