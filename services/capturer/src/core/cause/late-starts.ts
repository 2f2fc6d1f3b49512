import { Tally } from './tally.ts';
import type { Work } from './work.ts';

/** Servers that tasks ask, of one process. */
const MAX_PORTS = 256;
/** Where one in so many calls of tasks that were started was answered too late, such tasks are not waited for. */
const LATE = 20;

/**
 * Whether who starts a task waits for it. A task is first seen when it does something, and may have been started for what its
 * maker worked on before: one that nobody waits for (fire and forget) then seems to be for the next request. That is
 * known by port: calls of such tasks are answered when that request is, too, or begin when there is none.
 */
export class LateStarts {
  /** Whether answers were late. */
  readonly #ports = new Map<number, Tally>();

  tell(port: number, isLate: boolean): void {
    let known = this.#ports.get(port);
    if (known === undefined) {
      if (this.#ports.size >= MAX_PORTS) return;
      known = new Tally(Number.POSITIVE_INFINITY);
      this.#ports.set(port, known);
    }
    known.saw(isLate);
  }

  isDoubtful(port: number): boolean {
    const known = this.#ports.get(port);
    return known !== undefined && known.yes > 0 && known.yes * LATE >= known.no;
  }
}

/** That a task was started, by one that had been asked something before already. */
export class LateStart {
  readonly #work: Work | undefined;
  readonly #starts: LateStarts;

  /** @param work what its maker was at when the task was first seen; undefined: nothing */
  constructor(work: Work | undefined, starts: LateStarts) {
    this.#work = work;
    this.#starts = starts;
  }

  isDoubtful(port: number): boolean {
    return this.#starts.isDoubtful(port);
  }

  /** It makes a call to that port. */
  calls(port: number): void {
    if (this.#work === undefined) this.#starts.tell(port, true);
  }

  /** Its call to that port is answered. */
  isAnswered(port: number): void {
    if (this.#work?.isAnswered === false) this.#starts.tell(port, false);
  }
}
