const MAX_FUTEXES = 65_536;

/**
 * Tells the futexes of locks from those of queues: at a lock (an interpreter's, an allocator's) threads wake threads that are
 * busy with other things; a queue wakes those that have nothing to do.
 */
export class Locks {
  readonly #wakes = new Map<string, { wakes: number; crossing: number }>();

  /**
   * Whether a wake at `futex` of a process hands nothing over. `crosses`: the two threads work on different requests, or one
   * of them is in the middle of a call.
   */
  isLock(pid: number, futex: number, crosses: boolean): boolean {
    if (futex === 0) return true; // woken by the network, a timer, a descriptor
    const key = `${pid}:${futex}`;
    let seen = this.#wakes.get(key);
    if (seen === undefined) {
      if (this.#wakes.size >= MAX_FUTEXES) this.#wakes.clear();
      seen = { wakes: 0, crossing: 0 };
      this.#wakes.set(key, seen);
    }
    seen.wakes++;
    if (crosses) seen.crossing++;
    return crosses || (seen.crossing > 2 && seen.crossing * 5 > seen.wakes);
  }
}
