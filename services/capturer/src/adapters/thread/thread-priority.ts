import os from 'node:os';
import { mayRaisePriority } from '../capabilities.ts';

/** The nice value of the calling thread: Linux keeps one for each thread, and takes 0 as this one. */
export class ThreadPriority {
  readonly #nice: number;
  readonly #shortNice: number;

  /**
   * Takes the first value at once, as far as the system allows it.
   *
   * @param shortNice while CPU is short
   */
  constructor(nice: number, shortNice: number) {
    this.#nice = nice;
    this.#shortNice = shortNice;
    take(nice);
  }

  setShare(_share: number, isShort: boolean): void {
    // Without the right it could not be raised again.
    if (this.#shortNice !== this.#nice && mayRaisePriority()) take(isShort ? this.#shortNice : this.#nice);
  }
}

function take(nice: number): void {
  try {
    os.setPriority(0, nice);
  } catch {
    // Not allowed without CAP_SYS_NICE: then losses are likelier, and counted.
  }
}
