import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_QUEUES = 4096;
const MAX_OBJECTS = 65_536;
/** So many objects must have been taken for good before a queue is believed to hand work over. */
const FEWEST = 2;
/** Where more than one object in so many comes back, the queue keeps things that are used again. */
const RETURNS = 8;

interface Queue {
  /** Objects that their takers have not put back, and those that they have. */
  taken: number;
  returned: number;
}

/** Who put an object into a queue, and for which request. */
export interface Handed {
  readonly queue: Queue;
  readonly unit: Unit;
  readonly work: Work | undefined;
}

/**
 * Objects in queues of a program: who takes one out works for whom it was put in. That holds for a pool of threads, and not for
 * a pool of connections, into which their users put them again: queues are told apart by that.
 */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  /** What is in a queue, by process and address. */
  readonly #objects = new Map<string, Handed>();
  /** What a thread took last out of a queue, if it has not put it back. */
  readonly #held = new Map<string, string>();

  put({ pid, tid, object, queue: number }: SyscallEvent, unit: Unit): void {
    const queue = this.#queueOf(`${pid}:${number}`);
    const key = `${pid}:${object}`;
    const holder = `${tid}:${key}`;
    if (this.#held.delete(holder)) queue.returned++;
    this.#objects.delete(key);
    keep(this.#objects, key, { queue, unit, work: unit.isBusy ? unit.work : undefined }, MAX_OBJECTS);
  }
}
