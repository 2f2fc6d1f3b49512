import { type SyscallEvent, wordsIn } from '../syscalls/syscall-event.ts';

/** What a thread has held for longer is its own, or everybody's: no request lasts so long that waits for its cause. */
const OLD_US = 2e6;

/** An address in the frames of a thread, and since when it has been there, and the thread has not slept at a futex. */
export interface Held {
  readonly address: number;
  readonly sinceUs: number;
}

/** Addresses of memory that is not its own in the frames of a thread at one system call, those of the innermost frames first. */
export class HeldAddresses {
  readonly timeUs: number;
  /** Since when it has held each without a break. */
  readonly #since = new Map<number, number>();
  /** When it last slept, or woke another one: it may have begun with something else. */
  readonly #sleptUs: number;

  constructor(event: SyscallEvent, before: HeldAddresses | undefined) {
    const { timeUs, socket } = event;
    this.timeUs = timeUs;
    this.#sleptUs = socket === 0 ? timeUs : before === undefined ? 0 : before.#sleptUs;
    for (const address of wordsIn(event)) {
      const sinceUs = before === undefined ? undefined : before.#since.get(address);
      this.#since.set(address, sinceUs ?? timeUs);
    }
  }

  /** All; `areFreshFirst`: before others those that it did not hold at the system call before. */
  addresses(areFreshFirst: boolean): number[] {
    const all = [...this.#since.keys()];
    if (!areFreshFirst) return all;
    const isFresh = (address: number): boolean => this.#since.get(address) === this.timeUs;
    return [...all.filter(isFresh), ...all.filter((address) => !isFresh(address))];
  }

  /** Those that it has not held for long. */
  get recent(): Held[] {
    const recent: Held[] = [];
    for (const [address, sinceUs] of this.#since)
      if (this.timeUs - sinceUs < OLD_US) recent.push({ address, sinceUs: Math.max(sinceUs, this.#sleptUs) });
    return recent;
  }
}
