import { WordTable } from '@flowloom/records';

const maxRemembered = 1 << 16;

/**
 * Addresses without a known owner. Rows wait a moment for those that are new; one for which rows have waited in vain is
 * not waited for again while it is remembered.
 */
export class UnknownAddresses {
  #inVain = new WordTable(4);
  #fresh = new WordTable(4);

  /** Forgets the addresses of the former batch. */
  begin(): void {
    if (this.#fresh.length > 0) this.#fresh = new WordTable(4);
  }

  /** The address in that row of an `ip` column. */
  add(words: Uint32Array, row: number): void {
    for (const { key } of [this.#inVain, this.#fresh]) for (let i = 0; i < 4; i++) key[i] = words[4 * row + i];
    const isAbsent = this.#fresh.key.every((word) => word === 0);
    if (!isAbsent && this.#inVain.find() < 0) this.#fresh.add();
  }

  /** How many addresses of the batch are worth waiting for. */
  get length(): number {
    return this.#fresh.length;
  }

  /** They were waited for in vain. */
  giveUp(): void {
    if (this.#inVain.length + this.#fresh.length > maxRemembered) this.#inVain = new WordTable(4);
    const { keys, length } = this.#fresh;
    for (let n = 0; n < length; n++) {
      this.#inVain.key.set(keys.subarray(4 * n, 4 * n + 4));
      this.#inVain.add();
    }
    this.begin();
  }
}
