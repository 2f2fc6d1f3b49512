const MAX_FUTEXES = 65_536;

interface Futex {
  wakes: number;
  /** Wakes of a thread that was busy with something else. */
  crossing: number;
  /** Who slept there last, and how often it was another one than before. */
  sleeper: number;
  sleeps: number;
  changes: number;
}

/**
 * Tells the futexes of locks from those of queues: at a lock (an interpreter's, an allocator's) threads wake threads that are
 * busy with other things; a queue wakes those that have nothing to do.
 */
export class Locks {
  readonly #futexes = new Map<string, Futex>();

  #of(pid: number, futex: number): Futex {
    const key = `${pid}:${futex}`;
    let seen = this.#futexes.get(key);
    if (seen === undefined) {
      if (this.#futexes.size >= MAX_FUTEXES) this.#futexes.clear();
      seen = { wakes: 0, crossing: 0, sleeper: 0, sleeps: 0, changes: 0 };
      this.#futexes.set(key, seen);
    }
    return seen;
  }

  /**
   * Whether hardly any other thread than `tid` is woken at `futex`: what it waits for there is its own matter, and not a
   * lock's. Memory that is used again may be another one's next.
   */
  isOwn(pid: number, futex: number, tid: number): boolean {
    const seen = this.#of(pid, futex);
    seen.sleeps++;
    if (seen.sleeper !== tid && seen.sleeper !== 0) seen.changes++;
    seen.sleeper = tid;
    return seen.changes * 4 <= seen.sleeps;
  }

  /**
   * Whether a wake at `futex` of a process hands nothing over. `crosses`: the two threads work on different requests, or one
   * of them is in the middle of a call.
   */
  isLock(pid: number, futex: number, crosses: boolean): boolean {
    if (futex === 0) return true; // woken by the network, a timer, a descriptor
    const seen = this.#of(pid, futex);
    seen.wakes++;
    if (crosses) seen.crossing++;
    return crosses || (seen.crossing > 2 && seen.crossing * 5 > seen.wakes);
  }
}
