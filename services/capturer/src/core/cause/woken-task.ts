import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { AnswersRead, type Pair } from './answers-read.ts';
import type { Call } from './call.ts';
import { streamOf } from './sockets.ts';
import { Task } from './task.ts';
import type { Trust } from './trust.ts';
import type { Unit } from './unit.ts';
import type { Work } from './work.ts';

/** Requests of a session that were read and for which no task was made. */
const MAX_REQUESTS = 256;

/**
 * A task of a runtime that tells which task wakes which (tokio). One that has read a request wakes those that do something for it: they
 * work for that request, until another one wakes them. Connections have tasks of their own, which write what they are given by the
 * one that woke them, and wake, one after another, those whose answers they have read; so do workers that take out of a channel.
 */
export class WokenTask extends Task {
  /** It acts, or was made or woken: else it is what runs the others. */
  #isSeen = false;
  /** Who woke it last to do something, until it has written a request. */
  #giver: WeakRef<WokenTask> | undefined;
  /** It was woken for others than it was made for. */
  #isShared = false;
  /** Who woke it before it wrote its request, though it had been made for another one's; itself: one that nobody saw. */
  #suspect: WeakRef<WokenTask> | undefined;
  /** It has written a request in its last system call. */
  #hasWritten = false;
  /** It gives answers back to those that it has written requests for. */
  #isCarrier = false;
  /** It has read requests itself. */
  #reads = false;
  /** When it last read something. */
  #readUs = 0;
  /** Requests that it has read, of several at once, in their order. */
  #requests: Work[] = [];
  /** Those that wait for the answers of its session have tasks in between: others that it wakes wait for more of an answer. */
  #isHelped = false;
  #maker: WeakRef<WokenTask> | undefined;
  /** It has made a task for what it was given. */
  #hasMade = false;
  /** It is the second task that another one made for what it was given: maybe for something else; or `#lender` woke it. */
  #isDoubtful = false;
  /** Who woke it while that worked for another one: with something to do, or to tell that something both need is free. */
  #lender: WeakRef<WokenTask> | undefined;
  readonly #answered = new AnswersRead<WokenTask>();
  /** It waited for the answer of a stream, and has got some of that: what it is woken for is the rest. */
  #isServed = false;
  /** Held by others, which may outlive it. */
  readonly #self = new WeakRef(this);

  /** Of all tasks of its process: whether those that have done something for a request wake the one that has read it at the end. */
  readonly #ends: Trust;

  /** Those that are made later have higher ones. */
  readonly #id: number;

  constructor(id: number, before: Task | undefined, ends: Trust) {
    super();
    this.#id = id;
    this.#ends = ends;
    if (before) this.takesOver(before);
    this.#isSeen = before !== undefined;
  }

  override get tellsWakes(): boolean {
    return true;
  }

  /** It works on a request that it has read itself, or was made to serve. */
  get isOwn(): boolean {
    return this.isBusy && this.rule === 'task' && !(this.#reads && this.work!.isQueued);
  }

  /** It was made by one that works on a request of its own: for that alone, unless it turns out to be a connection's. */
  get #isChild(): boolean {
    return this.isBusy && this.rule === 'task_start' && !this.#isDoubtful && !this.#isCarrier;
  }

  override at(event: SyscallEvent, number: number): void {
    super.at(event, number);
    this.#isSeen = true;
    this.#hasWritten = false;
  }

  override reads(): void {
    if (this.seenUs === this.#readUs) return; // a piece of the same
    this.#readUs = this.seenUs;
    this.#settle(true);
    const { calls, tasks } = this.#answered;
    if (calls[0]?.isQueued) for (const task of tasks) task.#isServed = true;
    this.#answered.clear();
  }

  override takesUp(work: Work, event: number): void {
    super.takesUp(work, event);
    this.#reads = true;
    if (!this.#requests.includes(work) && this.#requests.push(work) > MAX_REQUESTS) this.#requests.shift();
  }

  override writesFor(): Unit {
    if (this.isOwn || this.#isHelped) return this;
    this.#keepsAnswers();
    const giver = this.#giver?.deref();
    this.#giver = undefined;
    if (giver && giver.work !== this.work) this.#isShared = true;
    const isMore = this.#hasWritten; // of several in one go the others may be from anybody
    this.#hasWritten = true;
    this.#suspect = this.#isChild && (this.#isShared || isMore) ? (giver ?? this).#self : undefined;
    if (this.#isChild) return giver && giver.work === this.work ? giver : this;
    // What it was woken for it has written before: this one waited for it, maybe for somebody else.
    if (giver === undefined && this.#isCarrier) this.turnTo(undefined);
    return giver ?? this;
  }

  /** Of a session's requests several may come from one that was woken once: their answers tell for whom they are. */
  override makes(call: Call, rule = this.rule, isFirst = false): void {
    const suspect = this.#suspect;
    this.#suspect = undefined;
    if (call.isQueued && !this.isOwn) this.remember(call);
    else if (suspect === undefined) super.makes(call, rule, isFirst);
    else {
      call.maker = suspect.deref();
      this.remember(call);
    }
  }

  /** What another one called is nothing to go on with. */
  override goesOn(call: Call, event: number, answers: number): void {
    this.#answered.add(call);
    call.reader = this;
    if (call.maker === this && (call.work || !this.#isChild)) super.goesOn(call, event, answers);
    else if (!this.isOwn && !this.#isChild) this.turnTo(undefined);
  }

  /** It makes that task: for the request that it has read, or that it works for. */
  makesTask(task: WokenTask): void {
    task.#isSeen = true;
    task.#maker = this.#self;
    const request = this.#nextRequest();
    if (request) task.turnTo(request, 'task');
    else if (this.isBusy) {
      task.turnTo(this.work, 'task_start');
      task.#isDoubtful = this.#isDoubtful || (this.#hasMade && !this.isOwn && !this.#isChild);
      this.#hasMade = true;
    }
  }

  /** The first one of a session for which it has made no task. */
  #nextRequest(): Work | undefined {
    this.#requests = this.#requests.filter(({ isAnswered, isQueued }) => isQueued && !isAnswered);
    return this.#requests.shift();
  }

  /** It wakes that task: with something to do, or with the answer that it waits for. */
  wakes(task: WokenTask): void {
    task.#settle(true);
    if (!this.#isSeen) return; // it has become ready, as the driver has seen
    task.#isSeen = true;
    if (this.#isHelped && task.isOwn) return;
    const { calls } = this.#answered;
    if (this.#isServed && calls.length === 0 && task.#isChild) this.#endsFor(task);
    else if (this.isOwn || (calls.length === 0 && !task.isOwn)) {
      if (task === this.#lender?.deref() && task.isBusy) this.#endsFor(task);
      task.#isGiven(this);
    } else if (calls.length === 0) this.#endsFor(task);
    else if (calls.length === 1) this.#returns(calls[0], task);
    else {
      this.#answered.wakes(task, task.isOwn ? task.work : undefined);
      this.#settle(false);
    }
  }

  #isGiven(giver: WokenTask): void {
    if (this.isOwn) return;
    // One that has got something to do goes on with that: the other one has done with something that both need.
    if (this.#giver?.deref()?.isOwn && !giver.isOwn) return;
    this.#giver = giver.#self;
    if (!giver.isBusy || this.#isChild) return;
    const isSure = giver.isOwn || giver.#isChild;
    this.turnTo(isSure ? giver.work : undefined, 'task_handoff');
    this.#isDoubtful = !isSure;
    this.#lender = isSure ? undefined : giver.#self;
    this.#hasMade = false;
  }

  /** It has done something for a request that it did not know, or not for sure, until now. */
  #endsFor(task: WokenTask): void {
    const last = this.calls.at(-1);
    if (this.isBusy && this.rule === 'task_handoff' && last) this.#ends.tell(this.work === task.work);
    const areAll = this.work === undefined && this.#ends.isBelieved;
    for (const call of this.calls) {
      const isUnknown = (areAll || call === last) && (call.work === undefined || call.isQueued);
      if (call.answeredUs > 0 && (this.#isDoubtful || isUnknown)) task.#claims(call, task.work!);
    }
    this.calls = [];
    this.#giver = undefined;
    this.turnTo(undefined);
  }

  #returns(call: Call, task: WokenTask): void {
    if (call.isQueued && task.#isServed) return;
    const { isFirst } = this.#answered;
    task.#answered.clear();
    if (this.#isChild) this.#returnsAsChild(call, task);
    else if (task.isOwn) {
      const work = task.work!;
      if (isFirst) task.#claims(call, work);
      if (call.maker === this) this.#endsFor(task);
      this.#answered.wakes(task, work);
    } else if (call.maker === this && task.#isCarrier) task.#isGiven(this);
    else if (call.maker === this || call.maker === task || call.isQueued || (this.#isCarrier && isFirst)) {
      task.#takesBack(call);
      this.#isHelped ||= call.isQueued;
      task.#isServed ||= call.isQueued;
      this.#answered.wakes(task, undefined);
    }
    if (task === call.maker) this.#isCarrier = true;
  }

  /** Who had woken it before it wrote gets the answer: it serves a connection. Else it goes on with what it was made for. */
  #returnsAsChild(call: Call, task: WokenTask): void {
    if (task === call.maker) {
      this.turnTo(undefined);
      if (task.isOwn) task.#claims(call, task.work!);
      else task.#takesBack(call);
      return;
    }
    const isOurs = call.maker !== this || task.work === this.work;
    if (isOurs && call.work === undefined) call.claim(this.work!, 'task_start');
    call.maker = this;
    this.#isShared = false;
    if (!task.isOwn && task !== this.#maker?.deref()) task.#isGiven(this);
  }

  /** Gives several answers back to those that it has woken. */
  #settle(isOver: boolean): void {
    const found = this.#answered.pairs(isOver);
    const pairs = WokenTask.#areInOrder(found) ? found : [];
    for (const pair of pairs) this.#gives(pair);
    if (pairs.length === 0 && isOver) this.#keepsAnswers();
    if (found.length > 0) this.#answered.clear();
  }

  /** It has read answers and woken nobody: all that it wrote before was its own. */
  #keepsAnswers(): void {
    const { calls, isFirst } = this.#answered;
    if (!this.#isChild || !isFirst || calls.length === 0) return;
    this.#isShared = false;
    for (const call of calls) {
      if (call.work === undefined) call.claim(this.work!, 'task_start');
      call.maker = this;
    }
  }

  #gives({ call, waiting: { task, work } }: Pair<WokenTask>): void {
    if (work) task.#claims(call, work);
    else task.#takesBack(call);
    task.#isServed ||= call.isQueued;
    if (call.maker === task) this.#isCarrier = true;
  }

  /** That was its call, for that request. */
  #claims(call: Call, work: Work): void {
    call.maker = this;
    call.claim(work, 'wake_back');
  }

  /** What it has handed on may have turned out to be another one's. */
  protected override tellsFor(call: Call): boolean {
    return call.maker === this;
  }

  /** It had made that call, whoever seemed to. */
  #takesBack(call: Call): void {
    if (!call.isQueued && call.work !== this.work) call.unlink();
    else if (call.maker === this && this.calls.includes(call)) return;
    call.maker = this;
    if (call.work === undefined && this.isBusy) call.claim(this.work!, 'task_handoff');
    this.remember(call);
  }

  /** Each stream of a session has been given a task that waits for its answer alone, one after another. */
  static #areInOrder(pairs: readonly Pair<WokenTask>[]): boolean {
    const ofStreams = pairs.filter(({ call }) => call.isQueued);
    if (ofStreams.some(({ waiting }) => waiting.task.#isServed)) return false;
    const ids = ofStreams.sort((a, b) => numberOf(a) - numberOf(b)).map(({ waiting }) => waiting.task.#id);
    return ids.every((id, i) => i === 0 || ids[i - 1] < id);
  }
}

const numberOf = ({ call }: Pair<WokenTask>): number => Number(streamOf(call.request));
