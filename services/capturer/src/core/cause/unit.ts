import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Activity } from './activity.ts';
import type { Message } from './burst.ts';
import { Call } from './call.ts';
import { Pushed } from './pushed.ts';
import { isReached, isWeak, type Rule } from './rules.ts';
import { madeBy, type SocketState } from './sockets.ts';
import type { Work } from './work.ts';

/** Calls that one unit is remembered to have made since it answered last. */
const MAX_CALLS = 256;

/** The begin of an answer, and what had been done before. */
export interface Answer {
  readonly work: Work;
  readonly calls: readonly Call[];
  readonly basis: Call | undefined;
}

/** What a thread was given to do, by the object for its result, and the calls that it has made for that. */
export interface GivenTask {
  readonly result: number | undefined;
  readonly calls: Call[];
}

/** What a unit has called for what it does. */
export interface Done {
  readonly unit: Unit;
  readonly calls: readonly Call[];
}

/** What runs one thing at a time: a thread, an event loop, or a task that threads run (a goroutine, say). */
export abstract class Unit {
  /** What it does now. */
  protected now: Activity;
  /** The rule of what it reads itself. */
  protected readonly ownRule: Rule;
  seenUs = 0;
  /** What another task had done that gave it something in a queue, until it reads something itself. */
  handedBy: Done | undefined;
  /** How many calls it has made. */
  made = 0;
  /** How many objects others have taken that it had put into queues. */
  handed = 0;
  /** What a broker pushed in the read that brought its last messages. */
  pushed: Pushed | undefined;
  #given: GivenTask | undefined;

  constructor(ownRule: Rule) {
    this.ownRule = ownRule;
    this.now = new Activity(undefined, ownRule, [], 0);
  }

  /** Threads run it by turns. */
  get isTask(): boolean {
    return false;
  }

  /** A thread that waits for many descriptors at once. */
  get isLoop(): boolean {
    return false;
  }

  /** Whether its loop numbers its asynchronous resources. */
  get tellsIds(): boolean {
    return false;
  }

  /** Whether it is told whom it wakes, and who wakes it. */
  get tellsWakes(): boolean {
    return false;
  }

  /** What it works on, and how that is known; undefined: not known. */
  get work(): Work | undefined {
    return this.now.work;
  }

  get rule(): Rule {
    return this.now.rule;
  }

  /** What it has read last. */
  get message(): Message | undefined {
    return this.now.message;
  }

  /** It goes on with what it read for itself: a request, or the answer to a call that it made. */
  get isOnItsOwn(): boolean {
    const { message } = this.now;
    return !(message instanceof Call) || this.calls.lastIndexOf(message) >= 0;
  }

  /** Calls that it made since it last answered a request; of an event loop in this activity. */
  protected get calls(): Call[] {
    return this.now.calls;
  }

  protected set calls(calls: Call[]) {
    this.now.calls = calls;
  }

  /** Whether it has made that call for what it was given to do. */
  protected hasMade(call: Call): boolean {
    return this.#given?.calls.includes(call) === true;
  }

  /** Whether it works on something that is not answered. */
  get isBusy(): boolean {
    return this.work?.isAnswered === false;
  }

  /** The call whose answer set off what it does now. */
  get basis(): Call | undefined {
    return this.now.basis;
  }

  /** Calls that it has made for what it is at. */
  protected get reaching(): readonly Call[] {
    return [];
  }

  /** Keeps the call for the answer that may follow. */
  remember(call: Call): void {
    if (this.calls.length === MAX_CALLS) this.calls.shift();
    this.calls.push(call);
    if (this.#given && this.#given.calls.length < MAX_CALLS) this.#given.calls.push(call);
  }

  /** It was another one's call. */
  forget(call: Call): void {
    this.calls = this.calls.filter((one) => one !== call);
  }

  /** What it has done when it gives something to another one. */
  get done(): Done {
    return { unit: this, calls: this.calls };
  }

  /** Whose request it is that it writes now. */
  writesFor(): Unit {
    return this;
  }

  /** It was the other one until now. */
  protected takesOver(other: Unit): void {
    this.now = other.now;
    this.seenUs = other.seenUs;
  }

  /** A system call of its, the event of that number. */
  at(event: SyscallEvent, _number: number): void {
    this.seenUs = event.timeUs;
  }

  /** It reads something. */
  reads(_socket: number): void {}

  /** Others read and write on a session of HTTP/2 that it uses. */
  sharesSession(): void {}

  /** It does something for whoever it works for. */
  acts(): void {}

  /** It read something that tells nothing. */
  readOther(): void {}

  /** From now on, in this turn, it runs timers. */
  timers(): void {}

  /** Turns to `work` because of something that it read, or was told. */
  turnTo(work: Work | undefined, rule: Rule = this.ownRule): void {
    this.now = new Activity(work, rule, this.calls, 0);
  }

  /**
   * It turns out that what it did when it made those calls was begun for that work, or for one that is not known; if `isStill`,
   * what follows, too. It corrects what was said by that rule before.
   */
  beganFor(work: Work | undefined, rule: Rule, calls: readonly Call[] = this.calls, isStill = true): void {
    if (work?.isAnswered) return;
    for (const call of calls) {
      if (call.isAnyones || (call.work !== undefined && call.rule !== rule)) continue;
      if (work === undefined) call.unlink();
      else if (call.startUs >= work.startUs) call.link(work, rule);
    }
    if (!isStill || (this.isBusy && this.rule !== rule)) return;
    this.now.work = work;
    this.now.rule = rule;
  }

  /** It is at the task with that result. Another one than before: of what it is for nothing is known yet. */
  isAt(result: number | undefined): GivenTask {
    const before = this.#given;
    if (before && before.result === result && result !== undefined) return before;
    if (!this.isTask && (isReached(this.rule) || (before && this.rule === 'object'))) this.turnTo(undefined);
    this.#given = { result, calls: [] };
    return this.#given;
  }

  /** That task was made for that work: better is known than by a wake. */
  isGiven(task: GivenTask, work: Work): void {
    if (task === this.#given && isWeak(this.rule)) this.turnTo(undefined);
    for (const call of task.calls) if (isWeak(call.rule)) call.unlink();
    this.beganFor(work, 'object', task.calls, task === this.#given);
  }

  /** What it works on leads to that request: so it makes its calls for it. */
  reaches(work: Work, rule: Rule): void {
    for (const call of this.reaching) call.reaches(work, rule);
    if (this.work === work && this.rule === rule) return;
    this.now.work = work;
    this.now.rule = rule;
  }

  /** It read a request, in the event of that number. */
  takesUp(work: Work, event: number): void {
    const { message, event: before } = this.now;
    // Of several that one read brought it is not known which one it is at.
    if (message !== work) this.turnTo(before === event && message !== undefined ? undefined : work);
    this.now.message = work;
    this.now.event = event;
    this.now.isLast = true;
  }

  /** A broker pushed a message to it, in the read of that time. Of several it is not known which one it is at. */
  isPushed(work: Work, timeUs: number): void {
    if (this.pushed?.timeUs !== timeUs) this.pushed = new Pushed(timeUs);
    this.pushed.add(work);
    if (this.pushed.areSeveral) this.turnTo(undefined);
  }

  /** It read the answer to its call, or more of it. `event`: number of the event that brought it. */
  goesOn(call: Call, event: number, answers: number): void {
    call.reader = this;
    if (this.now.message === call && this.now.event === event) return;
    // What was recognized as passed on was so whoever did that: what follows may be for another one.
    if (call.rule !== 'forwarded') this.turnTo(call.work, call.rule || this.ownRule);
    else this.turnTo(this.work === call.work ? call.work : undefined, this.rule);
    this.now.basis = call;
    this.now.message = call;
    this.now.event = event;
    this.now.isLast = !call.isConnectingBeside && call.isLastAt(answers);
    this.now.answers = answers;
  }

  /**
   * It makes a call.
   *
   * @param rule where it hands it to another one that writes it
   * @param isFirst it is the first on a connection that was made for it: the time when it is written tells nothing
   */
  makes(call: Call, rule = this.rule, isFirst = false): void {
    this.made++;
    if (this.isBusy && (isFirst || !call.hasWaited)) call.link(this.work!, rule);
    this.remember(call);
  }

  /** It makes a connection. */
  connects(socket: SocketState, _port: number): void {
    socket.isNew = true;
    this.madeConnection(socket);
  }

  protected madeConnection(socket: SocketState): void {
    madeBy(socket, this.now.basis);
    if (this.isBusy && !isWeak(this.rule)) socket.owner ??= this.work;
  }

  /** It is done with a message: what it did since the last one was for that. */
  acknowledges(message: Work): void {
    this.answers(message);
  }

  /** Another one has acknowledged that message for it, for which it made those calls. */
  hasDone(message: Work, calls: readonly Call[]): void {
    for (const call of calls) if (this.tellsFor(call)) call.claim(message, 'answer');
  }

  /** It begins to answer. */
  answers(work: Work): void {
    this.beginsAnswer({ work, calls: this.calls, basis: this.now.basis });
    this.now.basis = undefined;
  }

  protected beginsAnswer(answer: Answer): void {
    this.hasAnswered(answer);
  }

  /** All that it did since it answered last was for this request. */
  protected hasAnswered({ work, calls, basis }: Answer): void {
    const isLate = this.mayAnswerLate(work);
    for (const call of calls) if (this.tellsFor(call) && !(isLate && call.work)) call.claim(work, 'answer');
    if (calls === this.calls) this.calls = [];
    if (!(isLate && basis?.work)) basis?.leadsTo(work);
    if (this.work !== work && !isLate) {
      this.now.work = work;
      this.now.rule = this.ownRule;
    }
  }

  /** Whether the answer to that request may be sent later than it is made: it says nothing against what is known. */
  protected mayAnswerLate(_work: Work): boolean {
    return false;
  }

  /** Whether who answers tells for whom that call was. */
  protected tellsFor(_call: Call): boolean {
    return true;
  }
}
