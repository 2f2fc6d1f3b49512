import type { RawRecord } from './raw-record.ts';

/** Where records wait while they do not fit into memory. First in, first out. */
export interface SpillBuffer {
  /** Bytes of the records that wait. */
  readonly bytes: number;
  /** Adds records. Returns those that were given up for want of room, oldest first: they are gone. */
  push(records: readonly RawRecord[]): readonly Lost[];
  /** The oldest records; the same ones again until `remove`. Empty when none waits. */
  peek(): readonly RawRecord[];
  /** Forgets what `peek` returned: the bus has it. */
  remove(): void;
}

export interface Lost {
  readonly rows: number;
  readonly reason: 'spill_full' | 'spill_failed';
}

/**
 * Records on their way to the bus, in the order of their making: first in memory; what does not fit there moves to the
 * spill buffer, oldest first, and is sent from there first.
 *
 *     push -> [ memory, newest ] -- full --> [ spill, oldest ] -- full --> lost, counted
 *                    \____________________________/--> next() -> bus
 */
export class PublishQueue {
  readonly #maxBytes: number;
  readonly #spill: SpillBuffer;
  readonly #lost: (lost: Lost) => void;
  #records: RawRecord[] = [];
  #bytes = 0;
  #inFlight: { readonly records: readonly RawRecord[]; readonly isSpilled: boolean } | undefined;

  constructor(maxBytes: number, spill: SpillBuffer, lost: (lost: Lost) => void) {
    this.#maxBytes = maxBytes;
    this.#spill = spill;
    this.#lost = lost;
  }

  /** Bytes that wait in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  get spilledBytes(): number {
    return this.#spill.bytes;
  }

  push(records: readonly RawRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += record.value.length;
    }
    if (this.#bytes > this.#maxBytes) this.spill(this.#maxBytes >> 1);
  }

  /** Moves the oldest records out of memory until so many bytes are left there. */
  spill(untilBytes: number): void {
    let count = 0;
    for (; count < this.#records.length && this.#bytes > untilBytes; count++) {
      this.#bytes -= this.#records[count].value.length;
    }
    if (count === 0) return;
    const oldest = this.#records.slice(0, count);
    this.#records = this.#records.slice(count);
    for (const lost of this.#spill.push(oldest)) this.#lost(lost);
  }

  /** The next records to send, at most about `maxBytes`; the same ones until `sent` or `unsent`. Empty when none waits. */
  next(maxBytes: number): readonly RawRecord[] {
    if (this.#inFlight !== undefined) return this.#inFlight.records;
    const spilled = this.#spill.peek();
    const records = spilled.length > 0 ? spilled : this.#takeFromMemory(maxBytes);
    if (records.length > 0) this.#inFlight = { records, isSpilled: spilled.length > 0 };
    return records;
  }

  #takeFromMemory(maxBytes: number): RawRecord[] {
    let count = 0;
    let bytes = 0;
    while (count < this.#records.length && (count === 0 || bytes + this.#records[count].value.length <= maxBytes)) {
      bytes += this.#records[count++].value.length;
    }
    this.#bytes -= bytes;
    return this.#records.splice(0, count);
  }

  /** The bus has what `next` returned. */
  sent(): void {
    if (this.#inFlight?.isSpilled) this.#spill.remove();
    this.#inFlight = undefined;
  }

  /** The bus did not take what `next` returned: it stays first in line. */
  unsent(): void {
    const inFlight = this.#inFlight;
    this.#inFlight = undefined;
    if (inFlight === undefined || inFlight.isSpilled) return;
    this.#records = [...inFlight.records, ...this.#records];
    for (const { value } of inFlight.records) this.#bytes += value.length;
  }
}
