import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { keep } from './keep.ts';
import { Trust } from './trust.ts';
import type { Work } from './work.ts';

const MAX_LOOPS = 65_536;
const MAX_CONNECTIONS = 65_536;

/** What a proxy's loop has read in one turn and not passed on yet, in the order in which it came. */
export interface Turn {
  readonly number: number;
  readonly asked: Work[];
}

/**
 * The order in which a proxy passes on what it reads in one turn of its loop: that in which it came, where all that it reads waits
 * in one queue. What needs a new connection has its place when that is begun. It need not be so (rules may delay a request):
 * whether it is shows where something else tells what was passed on.
 */
export class ForwardOrder {
  /** By thread. */
  readonly #turns = new Map<number, Turn>();
  /** For whom a connection was made. */
  readonly #connecting = new Map<number, Work>();
  readonly #trust = new Map<number, Trust>();

  turnOf({ tid, turn: number }: SyscallEvent): Turn {
    const known = this.#turns.get(tid);
    return known?.number === number ? known : keep(this.#turns, tid, { number, asked: [] }, MAX_LOOPS);
  }

  connects(event: SyscallEvent): void {
    const work = this.turnOf(event).asked.shift();
    if (work) keep(this.#connecting, event.socket, work, MAX_CONNECTIONS);
  }

  /** Which of those that wait has its place now; undefined: it is not of this turn. */
  next({ socket }: ProcessRequest, { asked }: Turn, waiting: ReadonlyMap<Work, unknown>): Work | undefined {
    const work = this.#connecting.get(socket);
    this.#connecting.delete(socket);
    if (work === undefined) return asked.find((one) => waiting.has(one));
    return waiting.has(work) ? work : undefined;
  }

  /** Whether that holds in a process. */
  trustIn(pid: number): Trust {
    return this.#trust.get(pid) ?? keep(this.#trust, pid, new Trust(), MAX_LOOPS);
  }

  ended(pid: number): void {
    this.#trust.delete(pid);
  }
}
