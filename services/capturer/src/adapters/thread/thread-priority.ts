import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { mayRaisePriority } from '../capabilities.ts';

/** The nice value of the calling thread: Linux keeps one for each thread, and takes 0 as this one. */
export class ThreadPriority {
  readonly #nice: number;
  readonly #shortNice: number;
  readonly #withHelpers: boolean;

  /**
   * Takes the first value at once, as far as the system allows it.
   *
   * @param shortNice while CPU is short
   * @param withHelpers then also of the threads in which V8 compiles and collects garbage, for all threads of the process
   */
  constructor(nice: number, shortNice: number, withHelpers = false) {
    this.#nice = nice;
    this.#shortNice = shortNice;
    this.#withHelpers = withHelpers;
    take(nice);
  }

  setShare(_share: number, isShort: boolean): void {
    // Without the right it could not be raised again.
    if (this.#shortNice === this.#nice || !mayRaisePriority()) return;
    const nice = isShort ? this.#shortNice : this.#nice;
    take(nice);
    if (this.#withHelpers) for (const thread of v8Helpers()) take(nice, thread);
  }
}

/** Ids of the threads of V8's platform, one pool for all isolates; Node.js calls them so from 22 on. */
export function v8Helpers(): number[] {
  const threads = readdirSync('/proc/self/task');
  return threads.filter((thread) => nameOf(thread) === 'V8Worker').map(Number);
}

function nameOf(thread: string): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${thread}/comm`, 'latin1').trim();
  } catch {
    return undefined; // it has ended meanwhile
  }
}

function take(nice: number, thread = 0): void {
  try {
    os.setPriority(thread, nice);
  } catch {
    // Not allowed without CAP_SYS_NICE: then losses are likelier, and counted.
  }
}
