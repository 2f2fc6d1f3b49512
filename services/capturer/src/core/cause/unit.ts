import { Burst } from './burst.ts';
import type { Call } from './call.ts';
import { isWeak, type Rule } from './rules.ts';
import type { SocketState } from './sockets.ts';
import type { Work } from './work.ts';

const MAX_CALLS = 256;
const MAX_ANCESTORS = 8;

/** Timers of Node.js and libuv have a resolution of a millisecond: one that is set in this turn does not run before. */
const SHORTEST_TIMER_US = 1000;

/** A worker that wakes who waits so long after it read an answer may have done another task since, one that calls nobody. */
const LONGEST_END_US = 500;
/** A thread that lives on so long after it read an answer waits for something else to do. */
const LONGEST_LIFE_US = 5000;

/** The begin of an answer, and what had been done before. */
interface Answer {
  readonly work: Work;
  readonly calls: readonly Call[];
  readonly basis: Call | undefined;
}
interface Doubtful {
  readonly call?: Call;
  readonly answer?: Answer;
}

/** What runs one thing at a time: a thread, or a task that threads run (a goroutine, say). */
export class Unit {
  readonly #isTask: boolean;
  /** Turn of its event loop; 0: it has none. */
  #turn = 0;
  /** When this turn began, and whether it has read something in it. */
  #turnUs = 0;
  #hasRead = false;
  /** It has done something in a turn in which it had read nothing: it has timers. */
  #hasTimers = false;
  /** From now on it may do what a timer set off: timers run when all that came has been read. */
  #mayBeTimer = false;
  /** What it did since then: if it reads once more in this turn, that was no timer. */
  #doubtful: Doubtful[] = [];
  /** What it works on, and how that is known; undefined: not known. */
  work: Work | undefined;
  rule: Rule;
  /** The call whose answer it read last in this activity, and the number of the event that brought it. */
  #basis: Call | undefined;
  #basisEvent = 0;
  #burst: Burst | undefined;
  /** Calls that it made since it last answered a request; of an event loop in this activity. */
  #calls: Call[] = [];
  /** The task that made it; weak, as each callback of a loop may make the next one. */
  #parent: WeakRef<Unit> | undefined;
  /** It has answered a request: that, and no wake, is where its work for one ends. */
  #answersItself = false;
  /** Futex at which it slept when it was woken for its work. */
  #sleptAt = 0;
  seenUs = 0;
  /** When it last did something or was woken for something. */
  ranUs = 0;
  /** Another thread woke it for something. */
  wasWoken = false;
  /** Calls of others that woke it, and with which request it waited. */
  #helped: { readonly work: Work; readonly call: Call }[] = [];

  constructor(isTask: boolean) {
    this.#isTask = isTask;
    this.rule = this.#ownRule;
  }

  /** A thread that waits for many descriptors at once. */
  get isLoop(): boolean {
    return this.#turn > 0;
  }

  /** The rule of what it reads itself. */
  get #ownRule(): Rule {
    return this.#isTask ? 'task' : this.isLoop ? 'loop_turn' : 'thread';
  }

  /** Whether it works on something that is not answered. */
  get isBusy(): boolean {
    return this.work?.isAnswered === false;
  }

  /** Whether it has read or started that itself, which no wake of another thread changes. */
  get isBusyItself(): boolean {
    return this.isBusy && this.rule !== 'wake';
  }

  /** Whether it waits for the answer of a call, as far as one can see. */
  get isCalling(): boolean {
    return this.#calls.at(-1)?.isAnswered === false;
  }

  /** The call whose answer set off what it does now. */
  get basis(): Call | undefined {
    return this.#burst ? undefined : this.#basis;
  }

  /** It was made by another task: for what that one works on, and what it calls counts as that one's too when that answers. */
  startedBy(parent: Unit): void {
    if (parent.isBusy) this.turnTo(parent.work, 'task_start');
    this.#parent = new WeakRef(parent);
  }

  /** Keeps the call for the answer that may follow, here and with those that made this task. */
  #remember(call: Call): void {
    let unit: Unit | undefined = this;
    for (let depth = 0; unit && depth < MAX_ANCESTORS; depth++) {
      if (unit.#calls.length === MAX_CALLS) unit.#calls.shift();
      unit.#calls.push(call);
      unit = unit.#parent?.deref();
    }
  }

  /** A system call of its: in a new turn of the loop nothing has the turn yet. */
  at(timeUs: number, turn: number, timersDue: boolean): void {
    this.seenUs = this.ranUs = timeUs;
    if (this.#isTask || turn === 0) return;
    if (turn !== this.#turn) {
      for (const { call } of this.#doubtful) call?.setOffUnseen();
      this.#doubtful = [];
      this.#turn = turn;
      this.#turnUs = timeUs;
      this.#hasRead = false;
      this.turnTo(undefined);
    }
    this.#mayBeTimer = this.#hasTimers && (timersDue || timeUs - this.#turnUs > SHORTEST_TIMER_US);
    if (this.#mayBeTimer && this.#burst) this.turnTo(undefined);
  }

  /** It reads: what it did before in this turn was no timer's. */
  reads(): void {
    this.#hasRead = true;
    this.#mayBeTimer = false;
    const doubtful = this.#doubtful;
    this.#doubtful = [];
    for (const { answer } of doubtful) if (answer) this.#hasAnswered(answer);
  }

  /** Turns to `work` because of something that it read, or was told. */
  turnTo(work: Work | undefined, rule: Rule = this.#ownRule): void {
    this.#burst?.settle();
    this.#burst = undefined;
    if (this.isLoop) this.#calls = [];
    this.work = work;
    this.rule = rule;
    this.#basis = undefined;
  }

  /**
   * It slept at `futex` and was woken for that work. While that goes on it may sleep elsewhere (at a lock, say): only a wake
   * where it slept before may be for something new.
   */
  wokenFor(work: Work, futex: number): void {
    if (this.isLoop || (this.isBusy && this.#sleptAt !== futex)) return; // a loop learns what to do by what it reads
    if (!this.#answersItself) this.#calls = [];
    this.#sleptAt = futex;
    this.turnTo(work, 'wake');
  }

  /** It read something that tells nothing. */
  readOther(): void {
    if (this.isLoop) this.turnTo(undefined);
  }

  /** It read the answer to its call, or more of it. `event`: number of the event that brought it. */
  goesOn(call: Call, event: number): void {
    if (this.#basis && this.#basis !== call && this.#basisEvent === event && this.isLoop) {
      this.#burst ??= new Burst(this.#basis);
      this.#burst.add(call);
      this.work = undefined;
      this.#basis = call;
      return;
    }
    this.turnTo(call.work, call.rule || this.#ownRule);
    call.reader = this;
    this.#basis = call;
    this.#basisEvent = event;
  }

  /**
   * It makes a call.
   *
   * @param rule where it hands it to another one that writes it
   * @param isFirst it is the first on a connection that was made for it: the time when it is written tells nothing
   */
  makes(call: Call, rule = this.rule, isFirst = false): void {
    if (this.#burst) {
      this.#burst.did(call.port, { call });
      return;
    }
    if (this.isBusy) call.link(this.work!, rule);
    if (isFirst) return;
    if (this.#mayBeTimer) this.#doubtful.push({ call });
    if (this.isLoop && !this.#hasRead) this.#hasTimers = true;
    if (this.isLoop && this.#basis === undefined && this.work === undefined) return; // may be anybody's
    this.#remember(call);
  }

  /** It makes a connection. */
  connects(socket: SocketState, port: number): void {
    if (this.#burst) this.#burst.did(port, { socket });
    else if (this.isBusy && !isWeak(this.rule) && !this.#mayBeTimer) socket.owner ??= this.work;
  }

  /** It begins to answer. */
  answers(work: Work): void {
    if (this.#burst) this.#burst.did(0, { work });
    else if (this.#mayBeTimer) {
      this.#doubtful.push({ answer: { work, calls: this.#calls, basis: this.#basis } });
      this.#calls = [];
    } else this.#hasAnswered({ work, calls: this.#calls, basis: this.#basis });
    this.#basis = undefined;
  }

  /** All that it did since it answered last was for this request. */
  #hasAnswered({ work, calls, basis }: Answer): void {
    this.#answersItself = true;
    for (const call of calls) if (this.#tellsFor(call)) call.claim(work, 'answer');
    if (calls === this.#calls) this.#calls = [];
    for (const help of this.#helped) if (help.work === work) help.call.claim(work, 'wake_back');
    this.#helped = [];
    basis?.leadsTo(work);
    if (this.work !== work) {
      this.work = work;
      this.rule = this.#ownRule;
    }
  }

  /** It ends with its work: it was started for that alone. */
  ends(nowUs: number): void {
    const last = this.#calls.at(-1);
    if (this.wasWoken || this.rule !== 'thread_start' || !last || nowUs - last.answeredUs > LONGEST_LIFE_US) return;
    for (const call of this.#calls) call.confirm();
  }

  /** Of a thread's calls those whose answers it read itself: others may go on with the rest. */
  #tellsFor(call: Call): boolean {
    return this.#isTask || this.isLoop || call.reader === this;
  }

  /**
   * It wakes another one that waits with a request. What it called and got an answer to last, without sleeping since, was for
   * that one if the other has not run since that call; of calls before it may have been told by another one.
   */
  wakesBack(waiting: Unit, nowUs: number): void {
    const last = this.#calls.at(-1);
    this.#calls = [];
    if (last?.reader !== this || last.startUs < waiting.ranUs) return;
    if (nowUs - last.answeredUs > LONGEST_END_US) return;
    if (waiting.#helped.length < MAX_CALLS) waiting.#helped.push({ work: waiting.work!, call: last });
  }
}
