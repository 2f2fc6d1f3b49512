const MAX_FUTEXES = 65_536;

/**
 * Tells the futexes of locks from those of queues: at a lock (an interpreter's, an allocator's) threads wake threads that are
 * busy with other requests; a queue wakes those that have nothing to do.
 */
export class Locks {
  readonly #wakes = new Map<string, { wakes: number; crossing: number }>();

  /**
   * Whether a wake at `futex` of a process hands nothing over. `crosses`: the woken thread works on another request than the
   * one that wakes it.
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
    return crosses || (seen.crossing > 1 && seen.crossing * 50 > seen.wakes);
  }
}
