import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Arrivals } from './arrivals.ts';
import { Call, type Surmise } from './call.ts';
import type { GivenAnswer } from './given-answers.ts';
import { keep } from './keep.ts';
import type { Pushed } from './pushed.ts';
import type { QueueWatch } from './queue-watch.ts';
import { isRead } from './rules.ts';
import type { Servers } from './servers.ts';
import { Task } from './task.ts';
import { Thread } from './thread.ts';
import { Trust } from './trust.ts';
import type { Done, Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_QUEUES = 4096;
/** Of one process. */
const MAX_SERVING = 16;
/** Of one object, or of those that are alike. */
const MAX_CALLS = 256;
const MAX_OBJECTS = 65_536;
/** So many objects must have been taken for good before a queue is believed to hand work over. */
const FEWEST = 2;
/** Where more than one object in so many comes back, the queue keeps things that are used again. */
const RETURNS = 8;
/** What the type of an object tells. */
const JOB = 1;
const TASK = 2;
/** After so many, where that is more often than not, its taker had called nobody and handed nothing on: it collects what it takes. */
const COLLECTS = 8;

/** What is known of a queue by what its takers do with objects before they take the next one. */
interface Queue {
  readonly key: string;
  /** Types of objects say that they are jobs. */
  isOfJobs: boolean;
  /** And that whoever takes one makes a task for it. */
  isOfTasks: boolean;
  /** Objects that they have not put back, and those that they have. */
  taken: number;
  returned: number;
  /** After so many they have called somebody or handed something on, and after so many they have not. */
  used: number;
  unused: number;
  /** Others than their givers take objects out. */
  passesOn: boolean;
  /** Whether the requests of its process are put in in the order in which they come. */
  readonly inOrder: Trust;
}

/** Who put an object into a queue, and for which request. */
interface Handed {
  readonly queue: Queue;
  readonly giver: Unit;
  /** What goroutines of which nothing is known had called that put it in, or one that is alike. */
  readonly calls: readonly Call[];
  readonly done: Done;
  /** What has read the answers on a connection, and asks nothing, has put it in: for whoever asked. */
  readonly isOfAnswer: boolean;
  /** What others had asked on a connection that they share is answered. */
  readonly answer: GivenAnswer | undefined;
  /** The giver's thread. */
  readonly tid: number;
  readonly work: Work | undefined;
  /** Several messages that the giver had read at once, and which one in that order it is. */
  readonly pushed: Pushed | undefined;
  readonly place: number;
  /** For which request it is if all are put in in their order. */
  readonly surmise: Surmise | undefined;
}

/** What a unit took last out of a queue, and how many calls it had made and objects handed on before. */
interface Held {
  readonly object: string;
  readonly made: number;
  readonly handed: number;
}

/**
 * Objects in queues of a program: who takes one out works for whom it was put in. That holds for a pool of threads. It does not
 * for a pool of connections, into which their users put them again, nor for one that collects many objects and then makes one
 * call for all: queues are told apart by that.
 */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  /** What is in a queue, by process and object. */
  readonly #objects = new Map<string, Handed>();
  /** What a thread or task took last out of a queue and has not put back, by both. */
  readonly #held = new Map<string, Held>();
  /** The queue from which a unit has what it works on. */
  readonly #sources = new WeakMap<Unit, Queue>();
  /** By process: those into which others than their takers put something. */
  readonly #serving = new Map<number, Map<string, Arrivals>>();
  /** Processes whose goroutines call for others than they were started for: one did when that was over. */
  readonly #stays = new Map<number, true>();
  /** Processes that are asked on sessions. */
  readonly #sessions = new Map<number, true>();

  readonly #servers: Servers;
  readonly #watch: QueueWatch;

  constructor(servers: Servers, watch: QueueWatch) {
    this.#servers = servers;
    this.#watch = watch;
  }

  /** @param isOfAnswer the giver's loop has read an answer for it */
  put(event: SyscallEvent, giver: Unit, isOfAnswer = false): void {
    const queue = this.#of(event);
    queue.isOfJobs ||= event.seq === JOB;
    queue.isOfTasks ||= event.seq === TASK;
    if (queue.passesOn || queue.isOfJobs) giver.acts();
    const object = `${event.pid}:${event.object}`;
    const holder = holderOf(event, queue);
    const held = this.#held.get(holder);
    // A task of asyncio gives back a connection with something else, as another object.
    if (held && (held.object === object || (giver instanceof Task && giver.madeUs !== undefined))) {
      this.#held.delete(holder);
      // The mark of the end of a queue is passed on from one thread to the next, of no use to any.
      if (!(giver instanceof Thread) || giver.made > held.made) queue.returned++;
    }
    const arrivals = giver instanceof Thread && !giver.isTaker ? this.#arrivals(event.pid, queue) : undefined;
    const next = giver instanceof Thread && this.#sessions.has(event.pid) && !giver.isTaker ? arrivals?.next() : null;
    const surmise = next ? { work: next, trust: queue.inOrder } : undefined;
    const read = giver.isBusy && giver.rule !== 'wake' ? giver.work : undefined;
    const work = next === null ? read : queue.inOrder.isBelieved || read === next ? next : undefined;
    const before = this.#objects.get(object);
    // Of two that are alike it is not known which one is taken first.
    const isAlike = before?.queue === queue && before.work !== work;
    const calls = isGoroutine(giver) ? giver.gives() : [];
    const others = before?.queue === queue ? before.calls : [];
    this.#objects.delete(object); // to stand behind all others
    const place = giver.pushed?.puts(queue.key);
    const handed = {
      queue,
      giver,
      calls: others.length > 0 ? [...others, ...calls].slice(-MAX_CALLS) : calls,
      done: giver.done,
      isOfAnswer: isOfAnswer || (giver instanceof Task && giver.made === 0 && giver.message instanceof Call),
      answer: isGoroutine(giver) ? giver.givesAnswer() : undefined,
      tid: event.tid,
      work: isAlike ? undefined : work,
      pushed: isAlike || place === undefined ? undefined : giver.pushed,
      place: place ?? 0,
      surmise: isAlike ? undefined : surmise,
    };
    keep(this.#objects, object, handed, MAX_OBJECTS);
  }

  /** What waits to be put into that queue; undefined: its process has too many to serve with each all that comes. */
  #arrivals(pid: number, { key }: Queue): Arrivals | undefined {
    const queues = this.#serving.get(pid) ?? keep(this.#serving, pid, new Map<string, Arrivals>(), MAX_QUEUES);
    const known = queues.get(key);
    if (known === undefined && queues.size < MAX_SERVING) queues.set(key, new Arrivals());
    return known;
  }

  /** The process is asked something. */
  asked({ pid, socket }: ProcessRequest, work: Work): void {
    if (!work.isQueued) return;
    keep(this.#sessions, pid, true, MAX_QUEUES);
    for (const arrivals of this.#serving.get(pid)?.values() ?? []) arrivals.asked(socket, work);
  }

  ended(pid: number): void {
    this.#serving.delete(pid);
    this.#stays.delete(pid);
    this.#sessions.delete(pid);
  }

  get(event: SyscallEvent, taker: Unit): void {
    const object = `${event.pid}:${event.object}`;
    const handed = this.#objects.get(object);
    this.#objects.delete(object);
    if (handed?.answer) {
      if (taker.isBusy) handed.answer.isTakenFor(taker.work!);
      return; // it goes on
    }
    if (handed?.queue.isOfTasks && taker instanceof Task) {
      taker.makesFor(handed.giver instanceof Task ? handed.giver : undefined);
      this.#watch.isOfUse(event.pid);
      return;
    }
    const isOwn = handed?.giver === taker;
    if (handed && !isOwn) {
      handed.giver.handed++;
      handed.queue.passesOn = true;
    }
    const message = handed?.pushed?.at(handed.queue.key, handed.place);
    if (handed) taker.pushed?.takes(handed.queue.key);
    if (handed && message?.isAnswered === false && (isOwn || handed.pushed?.areSeveral)) {
      this.#sources.set(taker, handed.queue);
      this.#takesMessage(event.pid, message, taker, isOwn);
      return;
    }
    // The next one of those, of which it is not known which: what it was at before is done.
    const isNextMessage = isOwn && handed?.pushed && this.#sources.get(taker) === handed.queue;
    if (isNextMessage && taker.rule === 'queue') taker.turnTo(undefined);
    const queue = handed?.queue ?? (event.queue === 0 ? undefined : this.#queues.get(keyOf(event)));
    if (queue === undefined) return; // it was put in before anybody looked
    if (taker instanceof Task && handed && handed.giver !== taker) taker.handedBy = handed.done;
    this.#learn(event, queue, object, taker);
    if (isOfPool(queue)) return;
    const isAtRequest = taker.isBusy && isRead(taker.rule);
    if (handed && isAtRequest) this.#isGivenResult(event.pid, handed, taker.work!);
    if (taker instanceof Task && taker.madeUs !== undefined) {
      this.#pythonGets(event.pid, queue, handed, taker);
      return;
    }
    if (taker instanceof Thread && isOwn) return;
    const isStarted = taker instanceof Task && taker.isBusy && taker.rule === 'task_start';
    if (isAtRequest && !(isStarted && handed?.giver instanceof Task)) return; // that goes on
    const isNext = (taker.rule === 'queue' || taker instanceof Thread) && this.#sources.get(taker) === queue;
    // A pool of connections, say, that it uses for that.
    if (taker instanceof Thread && taker.isBusy && taker.rule === 'queue' && !isNext) return;
    // A goroutine that does nothing else waits for something to do.
    const isIdle = taker instanceof Task && !taker.isBusy;
    // Who put it in has started that thread for it.
    const isItsMaker = taker instanceof Thread && taker.makerTid !== 0 && taker.makerTid === handed?.tid;
    const isKnown = queue.isOfJobs || queue.taken >= FEWEST || isIdle || isItsMaker || isNext;
    if (!isKnown || isCollected(queue)) {
      if (isNext && taker instanceof Thread) taker.takes(undefined, undefined, undefined);
      else if (isNext || (isStarted && handed?.work !== taker.work)) taker.turnTo(undefined);
      return;
    }
    // Of nobody known it is a part of what the taker does, for all one knows.
    if (taker.isBusy && taker.rule === 'queue' && !isNext && handed?.work === undefined) return;
    this.#sources.set(taker, queue);
    if (event.queue !== 0) this.#watch.isOfUse(event.pid);
    const giver = handed?.giver instanceof Task ? handed.giver : undefined;
    if (taker instanceof Thread) taker.takes(handed?.work, giver, handed?.surmise);
    else if (taker instanceof Task && handed?.work) taker.serves(handed.work, 'queue');
    else taker.turnTo(handed?.work, 'queue');
  }

  /** Who works on that gets it: what the giver has called for it, which had taken its task unseen. */
  #isGivenResult(pid: number, { giver, calls }: Handed, work: Work): void {
    const startedFor = giver instanceof Task ? giver.startedFor : undefined;
    for (const call of calls) {
      if (call.work === work) continue;
      if (call.work === undefined && startedFor && startedFor !== work) keep(this.#stays, pid, true, MAX_QUEUES);
      if (call.work === undefined || this.#stays.has(pid)) call.claim(work, 'wake_back');
    }
  }

  /** It gets a message that a broker pushed: what it put in itself, after others maybe, or one of several that came at once. */
  #takesMessage(pid: number, message: Work, taker: Unit, isOwn: boolean): void {
    this.#watch.isOfUse(pid);
    if (taker instanceof Thread && !isOwn) taker.takes(message, undefined, undefined);
    else if (taker instanceof Task && taker.madeUs !== undefined) taker.takes(message, undefined);
    else taker.turnTo(message, 'queue');
  }

  /**
   * A task of asyncio gets something. Tasks that read requests come to queues, too, which are parts of connections, pools and locks: one
   * that waits for something to do is older than all requests that are open.
   */
  #pythonGets(pid: number, queue: Queue, handed: Handed | undefined, taker: Task): void {
    if (handed?.isOfAnswer) return;
    const isNext = this.#sources.get(taker) === queue;
    const isIdle = !taker.isBusy && taker.served === 0;
    const isRequest = isFromReader(handed);
    const isWaiting = isIdle && (isRequest || this.#servers.areAllSince(pid, taker.madeUs!));
    if ((!isNext && !isWaiting) || handed?.giver === taker) return;
    this.#sources.set(taker, queue);
    this.#watch.isOfUse(pid);
    if (!isRequest && isCollected(queue)) taker.takes(undefined, undefined);
    else taker.takes(handed?.work, handed?.giver instanceof Task ? handed.giver : undefined);
  }

  #learn(event: SyscallEvent, queue: Queue, object: string, taker: Unit): void {
    const holder = holderOf(event, queue);
    const before = this.#held.get(holder);
    if (before) {
      queue.taken++;
      if (taker.made > before.made || taker.handed > before.handed) queue.used++;
      else queue.unused++;
      this.#held.delete(holder); // to stand behind all others
    }
    keep(this.#held, holder, { object, made: taker.made, handed: taker.handed }, MAX_OBJECTS);
  }

  #of(event: SyscallEvent): Queue {
    const key = keyOf(event);
    const known = this.#queues.get(key);
    if (known) return known;
    return keep(
      this.#queues,
      key,
      {
        key,
        isOfJobs: false,
        isOfTasks: false,
        taken: 0,
        returned: 0,
        used: 0,
        unused: 0,
        passesOn: false,
        inOrder: new Trust(),
      },
      MAX_QUEUES,
    );
  }
}

/** Things in it are used again, by one after another. */
const isOfPool = ({ isOfJobs, returned, taken }: Queue): boolean => !isOfJobs && returned * RETURNS > taken;

/** Its takers collect what is in it. */
const isCollected = ({ isOfJobs, used, unused }: Queue): boolean => !isOfJobs && unused > COLLECTS && unused > used;

/** Not a task of asyncio, of which it is told when it is made. */
const isGoroutine = (unit: Unit): unit is Task => unit instanceof Task && unit.madeUs === undefined;

/** A task that only reads what comes on a connection has put it in. */
const isFromReader = (handed: Handed | undefined): boolean =>
  handed?.work !== undefined && handed.giver instanceof Task && handed.giver.served > 0 && isRead(handed.giver.rule);

const keyOf = ({ pid, queue }: SyscallEvent): string => `${pid}:${queue}`;
const holderOf = ({ tid, goid }: SyscallEvent, { key }: Queue): string => `${goid || tid}:${key}`;
