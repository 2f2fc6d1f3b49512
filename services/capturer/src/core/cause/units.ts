import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Constancy } from './constancy.ts';
import { keep } from './keep.ts';
import { LateStart, LateStarts } from './late-starts.ts';
import type { Loop } from './loop.ts';
import { NodeLoop, type NodeProbes } from './node-loop.ts';
import { PlainLoop } from './plain-loop.ts';
import { Servers } from './servers.ts';
import { Task } from './task.ts';
import { Thread } from './thread.ts';
import { Trust } from './trust.ts';
import type { Unit } from './unit.ts';
import { WokenTask } from './woken-task.ts';

const MAX_UNITS = 200_000;
const MAX_PROGRAMS = 4096;
/** What has made no system call for so long starts anew. */
const FORGET_US = 300e6;

/** Threads and tasks by their ids, forgotten when they end or are silent for long. */
export class Units {
  readonly #servers: Servers;
  readonly #threads = new Map<number, Thread>();
  readonly #nodeProbes: NodeProbes = { tell: false, areAllowed: true };
  /** By `pid:goid`. */
  readonly #tasks = new Map<string, Task>();
  /** Processes that tell when they make a task: ids of which that was not told are those of threads. */
  readonly #tellers = new Set<number>();
  /** Processes whose program was seen to begin: of others some tasks were made before. */
  readonly #begun = new Set<number>();
  /** By process: whether who starts a task waits for it. */
  readonly #starts = new Map<number, LateStarts>();
  /** Of threads, by process. */
  readonly #constancies = new Map<number, Constancy>();
  /** Processes that tell which task wakes which, with what is known of those that end. */
  readonly #wakers = new Map<number, Trust>();

  constructor(servers = new Servers()) {
    this.#servers = servers;
  }

  /** Programs cannot be probed: they tell nothing by themselves. */
  withoutProbes(): void {
    this.#nodeProbes.areAllowed = false;
  }

  /** Who does what the event says. A task seen for the first time begins with what its parent works on. */
  of(event: SyscallEvent): Unit {
    const { pid, tid, goid, parentGoid, timeUs } = event;
    if (goid === 0) return this.#threadOf(event);
    const key = `${pid}:${goid}`;
    const known = this.#tasks.get(key);
    // What a thread took out of a queue it may do as a task that nobody has told of.
    if (!known?.isTold && parentGoid === 0 && this.#threads.get(tid)?.isTaker) return this.#threadOf(event);
    if (known) return known;
    if (this.#tellers.has(pid) && this.#begun.has(pid)) return this.#threadOf(event);
    if (this.#wakers.has(pid)) return this.wokenTask(pid, goid, timeUs);
    const unit = add(this.#tasks, key, new Task(), timeUs);
    if (this.#tellers.has(pid)) unit.madeUs = 0;
    const parent = parentGoid === 0 ? undefined : this.#tasks.get(`${pid}:${parentGoid}`);
    if (parent?.isBusy) unit.turnTo(parent.work, 'task_start');
    if (parent && parent.served > (parent.isBusy ? 1 : 0)) unit.start = this.#startOf(pid, parent);
    return unit;
  }

  #startOf(pid: number, parent: Task): LateStart {
    const starts = this.#starts.get(pid) ?? keep(this.#starts, pid, new LateStarts(), MAX_PROGRAMS);
    return new LateStart(parent.isBusy ? parent.work : undefined, starts);
  }

  /** The thread, or task, of that number, if it was seen. */
  find(pid: number, number: number, isTask: boolean): Unit | undefined {
    return isTask ? this.#tasks.get(`${pid}:${number}`) : this.#threads.get(number);
  }

  /** The thread, or virtual thread, of that number, which may have done nothing yet but wait. */
  waiting({ pid, timeUs }: SyscallEvent, number: number, isTask: boolean): Unit {
    if (!isTask) return this.thread(pid, number, timeUs);
    return this.find(pid, number, true) ?? add(this.#tasks, `${pid}:${number}`, new Task(), timeUs);
  }

  /** A task makes a call on that thread: what the thread has taken out of a queue is of use. */
  carries({ tid }: SyscallEvent): void {
    const thread = this.#threads.get(tid);
    if (thread) thread.made++;
  }

  /** The process runs a program from its begin. */
  begins(pid: number): void {
    if (this.#begun.size >= MAX_UNITS) this.#begun.clear();
    this.#begun.add(pid);
  }

  /** A task begins; its id may have been that of another one before. */
  starts({ pid, goid, parentGoid, timeUs }: SyscallEvent): void {
    if (this.#tellers.size >= MAX_UNITS) this.#tellers.clear();
    this.#tellers.add(pid);
    const key = `${pid}:${goid}`;
    this.#tasks.delete(key);
    const unit = add(this.#tasks, key, new Task(), timeUs);
    unit.isTold = true;
    unit.madeUs = timeUs;
    const parentKey = `${pid}:${parentGoid}`;
    const isOlder = parentGoid !== 0 && !this.#begun.has(pid) && !this.#tasks.has(parentKey);
    const parent = isOlder ? add(this.#tasks, parentKey, new Task(), timeUs) : this.#tasks.get(parentKey);
    if (parent) unit.startedBy(parent);
  }

  /** A task of which it is told whom it wakes, and by whom it is woken. */
  wokenTask(pid: number, id: number, timeUs: number): WokenTask {
    const key = `${pid}:${id}`;
    const known = this.#tasks.get(key);
    if (known instanceof WokenTask) return known;
    const task = new WokenTask(id, known, this.#wakers.get(pid) ?? keep(this.#wakers, pid, new Trust(), MAX_PROGRAMS));
    add(this.#tasks, key, task, timeUs);
    return task;
  }

  thread(pid: number, tid: number, timeUs: number): Thread {
    return this.#threads.get(tid) ?? add(this.#threads, tid, new Thread('thread', this.#constancyOf(pid)), timeUs);
  }

  #constancyOf(pid: number): Constancy {
    return this.#constancies.get(pid) ?? keep(this.#constancies, pid, new Constancy(), MAX_UNITS);
  }

  /** The thread with what its system calls tell of it by now: that it is a loop, and maybe that of Node.js. */
  #threadOf({ pid, tid, turn, lastAsyncId, timeUs }: SyscallEvent): Thread {
    const known = this.thread(pid, tid, timeUs);
    if (isPolled(turn) && !known.interleaves && !known.isLoop) return known; // a client waits for its few descriptors
    if (turn === 0 || known instanceof NodeLoop || (known instanceof PlainLoop && lastAsyncId === 0)) return known;
    const loop: Loop =
      lastAsyncId > 0 ? new NodeLoop(this.#nodeProbes) : new PlainLoop((work) => this.#servers.hasOnly(pid, work));
    return add(this.#threads, tid, loop, timeUs);
  }

  /** The thread has ended; its process too where it was the last. */
  ended({ pid, tid, otherTid, timeUs }: SyscallEvent): void {
    this.#threads.get(tid)?.ends(timeUs);
    this.#threads.delete(tid);
    if (otherTid !== 0) return;
    this.#starts.delete(pid);
    this.#tellers.delete(pid);
    this.#begun.delete(pid);
    this.#wakers.delete(pid);
    this.#constancies.delete(pid);
  }

  tick(nowUs: number): void {
    forget(this.#threads, nowUs - FORGET_US);
    forget(this.#tasks, nowUs - FORGET_US);
  }
}

/** Top bit of a turn that began with poll or select. */
const isPolled = (turn: number): boolean => turn >>> 31 === 1;

function add<K, U extends Unit>(units: Map<K, U>, key: K, unit: U, timeUs: number): U {
  unit.seenUs = timeUs;
  return keep(units, key, unit, MAX_UNITS);
}

function forget<K>(units: Map<K, Unit>, beforeUs: number): void {
  for (const [key, unit] of units) if (unit.seenUs < beforeUs) units.delete(key);
}
