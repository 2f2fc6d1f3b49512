import { type SyscallEvent, SyscallKind, wordsIn } from '../syscalls/syscall-event.ts';
import { type Begin, HeldObjects, newestOf } from './held-objects.ts';
import { keep } from './keep.ts';
import { MadeBeside } from './made-beside.ts';
import { MadeObjects, type Maker } from './made-objects.ts';
import { isRead } from './rules.ts';
import { type Given, StartedTasks } from './started-tasks.ts';
import { Task } from './task.ts';
import { Thread } from './thread.ts';
import { Trust } from './trust.ts';
import type { Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_PROCESSES = 1024;
const MAX_THREADS = 16_384;

interface Jvm {
  readonly objects: MadeObjects;
  readonly beside: MadeBeside;
  /** Threads that run virtual threads. */
  readonly carriers: Set<number>;
  readonly threads: Map<number, HeldObjects>;
  readonly started: StartedTasks;
  /** Whether who made what a pool's thread holds has made its task: so it is where that thread then wakes who waits for it. */
  readonly trust: Trust;
}

/** How far a thread has come with what it makes. */
type Progress = Pick<SyscallEvent, 'pid' | 'collections' | 'bufferTop'>;

/** Tasks of Java: that of a pool's thread is for what its maker worked on when it made it, and so is a virtual thread. */
export class JavaTasks {
  readonly #jvms = new Map<number, Jvm>();

  /** The unit makes a system call: what it is for is not known yet. */
  acts(event: SyscallEvent, unit: Unit): void {
    const { objects, beside, carriers } = this.#of(event.pid);
    if (unit instanceof Task && carriers.size < MAX_THREADS) carriers.add(event.tid);
    // A carrier sleeps, and goes on with any of its virtual threads.
    const isBetween = unit instanceof Thread && event.kind === SyscallKind.hold && carriers.has(event.tid);
    const top = objects.topOf(event.tid);
    if (top !== event.bufferTop) beside.goesOn(top, event.collections); // what it tells at this call follows
    objects.acts(event, (isBetween && objects.lastOn(event.tid)) || unit);
  }

  /** That object was made for that work. */
  madeFor({ pid, collections }: SyscallEvent, work: Work, object: number): void {
    this.#of(pid).beside.marks(object, work, collections);
  }

  /** The thread is at that work. */
  comesTo({ pid, collections, bufferTop }: Progress, work: Work): void {
    if (bufferTop > 0) this.#of(pid).beside.comesTo(bufferTop, work, collections);
  }

  /** Whether who makes that system call has made the object since the one before. */
  hasJustMade({ pid, tid }: SyscallEvent, object: number): boolean {
    return this.#of(pid).objects.isNew(object, tid);
  }

  /** Tells for what an object was made, now or later, by what was made beside it. */
  seek({ pid, collections }: SyscallEvent, object: number, found: (work: Work) => void): void {
    this.#of(pid).beside.seek(object, collections, found);
  }

  /** It tells which objects it holds. `isOnly`: its process has one request to answer, no other. */
  holds(event: SyscallEvent, unit: Unit, isOnly: boolean): void {
    if (unit.isLoop || (unit.isBusy && isRead(unit.rule))) return; // what it has read itself goes on
    const jvm = this.#of(event.pid);
    const held = wordsIn(event);
    if (unit instanceof Thread) this.#works(unit, held, event, jvm);
    else if (unit instanceof Task) this.#begins(unit, held, event.collections, isOnly, jvm);
  }

  /** A virtual thread is an object itself, which its maker starts, and holds others that it was given. */
  #begins(
    unit: Task,
    [itself, ...given]: readonly number[],
    collections: number,
    isOnly: boolean,
    { objects, started }: Jvm,
  ): void {
    if (unit.isBegun) return;
    unit.isBegun = true;
    const known = given.flatMap((address): Given[] => {
      const maker = objects.makerOf(address);
      return maker ? [{ address, maker }] : [];
    });
    objects.seek(itself, (maker) => {
      const work = isOnly ? started.only(maker) : started.cause(maker, known, collections);
      unit.beganFor(work, 'task_start');
    });
  }

  #works(unit: Thread, held: readonly number[], { tid, collections }: SyscallEvent, jvm: Jvm): void {
    let thread = jvm.threads.get(tid);
    if (thread === undefined) {
      if (jvm.threads.size >= MAX_THREADS) jvm.threads.clear();
      thread = new HeldObjects();
      jvm.threads.set(tid, thread);
    }
    const began = thread.changes(held, collections, (object) => {
      const maker = jvm.objects.makerOf(object);
      return maker?.unit === unit ? undefined : maker?.order;
    });
    if (began === undefined) return;
    const calls = unit.begins();
    const { objects, isFirst } = began;
    if (isFirst) worksFirst(unit, objects, jvm);
    else {
      for (const object of objects.keys())
        jvm.objects.seek(object, (maker) => {
          const { order } = maker;
          objects.set(object, order);
          if (newestOf(objects) === object)
            unit.mayWorkFor({ work: workOf(maker), trust: jvm.trust }, calls, calls === unit.begun);
        });
    }
  }

  #of(pid: number): Jvm {
    const known = this.#jvms.get(pid);
    if (known) return known;
    const objects = new MadeObjects();
    const jvm: Jvm = {
      objects,
      beside: new MadeBeside(objects),
      carriers: new Set(),
      threads: new Map(),
      started: new StartedTasks(),
      trust: new Trust(),
    };
    return keep(this.#jvms, pid, jvm, MAX_PROCESSES);
  }

  /** The thread has ended; its process too where it was the last. */
  ended({ pid, tid, otherTid }: SyscallEvent): void {
    if (otherTid === 0) this.#jvms.delete(pid);
    else this.#jvms.get(pid)?.threads.delete(tid);
  }
}

/** A new thread is an object, too, that was made for a task; but it may have taken up another one. */
function worksFirst(unit: Thread, objects: Begin['objects'], { objects: made, trust }: Jvm): void {
  const works = new Map<number, Work | undefined>();
  for (const object of objects.keys()) {
    const maker = made.makerOf(object);
    if (maker === undefined) continue;
    objects.set(object, maker.order);
    works.set(object, workOf(maker));
  }
  const work = works.get(newestOf(objects) ?? 0);
  if ([...works.values()].some((one) => one !== undefined && one !== work)) return;
  unit.mayWorkFor({ work, trust }, unit.begun, true);
}

/** For what it has made something: a carrier may have run another virtual thread meanwhile. */
const workOf = ({ unit, isSure, work }: Maker): Work | undefined =>
  isSure || unit instanceof Thread ? work : undefined;
