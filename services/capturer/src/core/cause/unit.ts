import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Activities, Activity } from './activity.ts';
import { ANSWERS, Burst } from './burst.ts';
import { Call } from './call.ts';
import { Outcomes } from './outcomes.ts';
import { isWeak, type Rule } from './rules.ts';
import { madeBy, type SocketState } from './sockets.ts';
import type { Work } from './work.ts';

const MAX_CALLS = 256;
const MAX_ANCESTORS = 8;

/** Timers of Node.js and libuv have a resolution of a millisecond: one that is set in this turn does not run before. */
const SHORTEST_TIMER_US = 1000;

/** A worker that wakes who waits so long after it read an answer may have done another task since, one that calls nobody. */
const LONGEST_END_US = 500;
/** A thread that lives on so long after it read an answer waits for something else to do. */
const LONGEST_LIFE_US = 5000;

/** So often Node.js does something without a read when a connection is ready; more often it runs timers, and has no probe. */
const MOST_UNTOLD = 8;

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
  /** How often it did something in a turn in which it had read nothing. */
  #untold = 0;
  /** It tells when it runs timers. */
  #tellsTimers = false;
  /** It runs timers, as it says itself. */
  #runsTimers = false;
  /** From now on it may do what a timer set off: timers run when all that came has been read. */
  #mayBeTimer = false;
  /** What it did since then: if it reads once more in this turn, that was no timer. */
  #doubtful: Doubtful[] = [];
  /** What began last, and what it does now: an event loop may run what it has put off. */
  #last: Activity;
  #now: Activity;
  /** Where the loop numbers its asynchronous resources. */
  #activities: Activities | undefined;
  #youngestId = 0;
  /** The resource whose callback runs; 0: none. */
  #asyncId = 0;
  /** Number of the event under way. */
  #event = 0;
  #learnt: Outcomes | undefined;
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
  /** Of a loop: calls of this turn, and those since it last acknowledged a message that it waited for within their turn. */
  readonly #made = new Set<Call>();
  #blocking: Call[] = [];
  /** Calls of others that woke it, and with which request it waited. */
  #helped: { readonly work: Work; readonly call: Call }[] = [];

  constructor(isTask: boolean) {
    this.#isTask = isTask;
    this.#now = this.#last = new Activity(undefined, this.#ownRule, [], 0);
  }

  /** What it works on, and how that is known; undefined: not known. */
  get work(): Work | undefined {
    return this.#now.work;
  }

  get rule(): Rule {
    return this.#now.rule;
  }

  /** Calls that it made since it last answered a request; of an event loop in this activity. */
  get #calls(): Call[] {
    return this.#now.calls;
  }

  set #calls(calls: Call[]) {
    this.#now.calls = calls;
  }

  /** A thread that waits for many descriptors at once. */
  get isLoop(): boolean {
    return this.#turn > 0;
  }

  get #outcomes(): Outcomes {
    this.#learnt ??= new Outcomes();
    return this.#learnt;
  }

  /** Whether its loop numbers its asynchronous resources. */
  get tellsIds(): boolean {
    return this.#activities !== undefined;
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
    return this.#now.burst ? undefined : this.#now.basis;
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
  at({ timeUs, turn, timersDue, asyncId, lastAsyncId }: SyscallEvent, event: number): void {
    this.#event = event;
    this.#asyncId = asyncId;
    this.seenUs = this.ranUs = timeUs;
    if (this.#isTask || turn === 0) return;
    this.#youngestId = lastAsyncId;
    if (lastAsyncId > 0) this.#activities ??= new Activities();
    if (turn !== this.#turn) this.#turnsOver(timeUs, turn);
    const isLate = timersDue || timeUs - this.#turnUs > SHORTEST_TIMER_US;
    if (this.#activities) {
      // Without its probe Node.js does not tell when it runs timers: what it does late may be theirs.
      if (isLate && this.#untold > MOST_UNTOLD && !this.#tellsTimers && asyncId === 0 && !this.#last.isTimers)
        this.#beginTimers();
      this.#now = this.#putOff(asyncId) ?? this.#last;
      return;
    }
    this.#mayBeTimer = this.#hasTimers && isLate;
    if (this.#mayBeTimer && this.#now.burst) this.turnTo(undefined);
  }

  #turnsOver(timeUs: number, turn: number): void {
    this.#activities?.turn(this.#outcomes, turn === this.#turn + 1);
    for (const { call } of this.#doubtful) call?.setOffUnseen();
    this.#doubtful = [];
    this.#turn = turn;
    this.#made.clear();
    this.#turnUs = timeUs;
    this.#hasRead = false;
    this.#runsTimers = false;
    this.turnTo(undefined);
  }

  /** When what it does was made or, if that was before this activity, now. */
  get #order(): number {
    return this.#asyncId > this.#now.fromId ? this.#asyncId : this.#youngestId;
  }

  /** The earlier activity that made the resource whose callback runs now; undefined where that is of what began last. */
  #putOff(asyncId: number): Activity | undefined {
    if (asyncId === 0 || asyncId > this.#last.fromId) return undefined;
    const maker = this.#activities?.madeBy(asyncId, this.#runsTimers);
    return maker?.hasCause ? maker : undefined;
  }

  /** From now on, in this turn, it runs timers. */
  timers(): void {
    this.#tellsTimers = true;
    this.#runsTimers = true;
    this.#beginTimers();
  }

  #beginTimers(): void {
    this.turnTo(undefined);
    this.#last.isTimers = true;
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
    if (this.#activities === undefined) this.#now.burst?.settle(); // else it may have put off what follows
    this.#now = this.#last = new Activity(work, rule, this.isLoop ? [] : this.#calls, this.#youngestId);
    this.#activities?.add(this.#now);
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

  /** It read a request, in the event of that number. */
  takesUp(work: Work, event: number): void {
    if (this.#isBurst(work, event)) return;
    const { message, event: before } = this.#now;
    // Of several that one read brought it is not known which one it is at.
    if (message !== work) this.turnTo(before === event && message !== undefined ? undefined : work);
    this.#now.message = work;
    this.#now.event = event;
    this.#now.isLast = true;
  }

  /** It read the answer to its call, or more of it. `event`: number of the event that brought it. */
  goesOn(call: Call, event: number, answers: number): void {
    call.reader = this;
    if (this.#made.delete(call) && this.#blocking.push(call) > MAX_CALLS) this.#blocking.shift();
    if (this.#isBurst(call, event, answers) || (this.#now.message === call && this.#now.event === event)) return;
    this.turnTo(call.work, call.rule || this.#ownRule);
    this.#now.basis = call;
    this.#now.message = call;
    this.#now.event = event;
    this.#now.isLast = !call.isConnectingBeside && call.isLastAt(answers);
    this.#now.answers = answers;
  }

  /** The same read had brought another message to a loop before. */
  #isBurst(message: Call | Work, event: number, answers = 0): boolean {
    const now = this.#now;
    if (!this.isLoop || now.event !== event || now.message === undefined || now.message === message) return false;
    if (now.burst === undefined) {
      now.burst = new Burst(this.#outcomes);
      now.burst.add(now.message, now.answers);
    }
    now.burst.isStrict ||= this.tellsIds && message instanceof Call && message.isQueued;
    now.burst.add(message, answers);
    now.message = message;
    now.work = undefined;
    now.basis = undefined;
    return true;
  }

  /**
   * It makes a call.
   *
   * @param rule where it hands it to another one that writes it
   * @param isFirst it is the first on a connection that was made for it: the time when it is written tells nothing
   */
  makes(call: Call, rule = this.rule, isFirst = false): void {
    if (this.#activities && call.isQueued) this.#sends(call, this.#activities);
    else this.#makes(call, rule, isFirst);
  }

  /** A session of HTTP/2 sends it at the end of a turn, or with its next read. */
  #sends(call: Call, activities: Activities): void {
    const { only, burst } = activities.sends(call.request.socket, this.#event, this.#outcomes);
    call.setOffUnseen();
    if (burst) burst.did(call.port, { call }, this.#order);
    if (only === undefined) return;
    if (only.basis) call.setOffBy(only.basis);
    this.#now = only;
    this.#makes(call, only.rule, false);
  }

  #makes(call: Call, rule: Rule, isFirst: boolean): void {
    const { burst, basis, work } = this.#now;
    if (this.isLoop && this.#made.size < MAX_CALLS) this.#made.add(call);
    if (isFirst) {
      if (this.isLoop) return;
      if (this.isBusy) call.link(this.work!, rule);
      this.#remember(call);
      return;
    }
    if (this.isLoop) this.#now.did(call.port);
    call.isSure = this.#activities !== undefined;
    if (burst) {
      burst.did(call.port, { call }, this.#order);
      return;
    }
    if (this.isBusy && !call.hasWaited) call.link(this.work!, rule);
    if (this.#mayBeTimer) this.#doubtful.push({ call });
    if (this.isLoop && !this.#hasRead) {
      this.#hasTimers = true;
      if (this.#asyncId === 0) this.#untold++;
    }
    if (this.isLoop && basis === undefined && work === undefined) return; // may be anybody's
    this.#remember(call);
  }

  /** It makes a connection. */
  connects(socket: SocketState, port: number): void {
    const { burst, basis } = this.#now;
    if (this.isLoop) this.#now.did(port);
    socket.isNew = true;
    if (burst) burst.did(port, { socket }, this.#order);
    else if (!this.#mayBeTimer) {
      madeBy(socket, basis);
      if (this.isBusy && !isWeak(this.rule)) socket.owner ??= this.work;
    }
  }

  /** It is done with a message: what it did since the last one, and waited for in the midst of a turn, was for that. */
  acknowledges(message: Work): void {
    for (const call of this.#blocking) call.claim(message, 'answer');
    this.#blocking = [];
    this.answers(message);
  }

  /** It begins to answer. */
  answers(work: Work): void {
    const { burst, basis } = this.#now;
    if (this.isLoop) this.#now.did(ANSWERS);
    if (burst) burst.did(ANSWERS, { work }, this.#order);
    else if (this.#mayBeTimer) {
      this.#doubtful.push({ answer: { work, calls: this.#calls, basis } });
      this.#calls = [];
    } else this.#hasAnswered({ work, calls: this.#calls, basis });
    this.#now.basis = undefined;
  }

  /** All that it did since it answered last was for this request. */
  #hasAnswered({ work, calls, basis }: Answer): void {
    this.#answersItself = true;
    // A session of HTTP/2 sends answers that were ready before, too: they say nothing against what is known.
    const isSurmised = this.isLoop && work.isQueued;
    for (const call of calls) if (this.#tellsFor(call) && !(isSurmised && call.work)) call.claim(work, 'answer');
    if (calls === this.#calls) this.#calls = [];
    for (const help of this.#helped) if (help.work === work) help.call.claim(work, 'wake_back');
    this.#helped = [];
    if (!(isSurmised && basis?.work)) basis?.leadsTo(work);
    if (this.work !== work && !isSurmised) {
      this.#now.work = work;
      this.#now.rule = this.#ownRule;
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
