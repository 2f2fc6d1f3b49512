import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { isRead } from './rules.ts';
import { Task } from './task.ts';
import { Thread } from './thread.ts';
import type { Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_QUEUES = 4096;
const MAX_OBJECTS = 65_536;
/** So many objects must have been taken for good before a queue is believed to hand work over. */
const FEWEST = 2;
/** Where more than one object in so many comes back, the queue keeps things that are used again. */
const RETURNS = 8;

interface Queue {
  readonly key: string;
  /** Objects that their takers have not put back, and those that they have. */
  taken: number;
  returned: number;
}

/** Who put an object into a queue, and for which request. */
interface Handed {
  readonly queue: Queue;
  readonly giver: Unit;
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
  /** What a thread took last out of a queue and has not put back, by both. */
  readonly #held = new Map<string, string>();

  put({ pid, tid, object, queue: number }: SyscallEvent, giver: Unit): void {
    const queue = this.#of(`${pid}:${number}`);
    const key = `${pid}:${object}`;
    const holder = `${tid}:${queue.key}`;
    if (this.#held.get(holder) === key) {
      this.#held.delete(holder);
      queue.returned++;
    }
    keep(this.#objects, key, { queue, giver, work: giver.isBusy ? giver.work : undefined }, MAX_OBJECTS);
  }

  get({ pid, tid, object }: SyscallEvent, taker: Unit): void {
    const key = `${pid}:${object}`;
    const handed = this.#objects.get(key);
    if (handed === undefined) return; // it was put in before anybody looked
    this.#objects.delete(key);
    const { queue, giver, work } = handed;
    const holder = `${tid}:${queue.key}`;
    if (this.#held.has(holder)) queue.taken++;
    keep(this.#held, holder, key, MAX_OBJECTS);
    if (queue.taken < FEWEST || queue.returned * RETURNS > queue.taken) return;
    if (taker.isBusy && isRead(taker.rule)) return; // what it has read itself goes on
    if (taker instanceof Thread) taker.takes(work, giver instanceof Task ? giver : undefined);
    else taker.turnTo(work, 'queue');
  }

  #of(key: string): Queue {
    const known = this.#queues.get(key);
    if (known) return known;
    const queue = { key, taken: 0, returned: 0 };
    keep(this.#queues, key, queue, MAX_QUEUES);
    return queue;
  }
}

/** Where there is no room the oldest goes. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  if (map.size >= most) map.delete(map.keys().next().value!);
  map.set(key, value);
}
