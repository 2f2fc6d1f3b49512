import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Call, Surmise } from './call.ts';
import { Constancy } from './constancy.ts';
import { isReached, type Rule } from './rules.ts';
import { type Answer, Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_HELPED = 256;
const MAX_BEGUN = 256;
const MAX_ANSWERED = 64;
/** A worker that wakes who waits so long after it read an answer may have done another task since, one that calls nobody. */
const LONGEST_END_US = 500;
/** A thread that lives on so long after it read an answer waits for something else to do. */
const LONGEST_LIFE_US = 5000;

/** A thread of the kernel, which others wake when they have something for it. */
export class Thread extends Unit {
  /** It has answered a request: that, and no wake, is where its work for one ends. */
  #answersItself = false;
  /** Futex at which it slept when it was woken for its work. */
  #sleptAt = 0;
  /** When it last did something or was woken for something. */
  ranUs = 0;
  /** The thread that started it, until it has taken something to do out of a queue; 0: not known. */
  makerTid = 0;
  /** Another thread woke it for something. */
  wasWoken = false;
  /** It takes what it does out of a queue: where that begins is known. */
  isTaker = false;
  /** For whom it may have taken that, and whose answers it has sent since. */
  #mayBeFor: Surmise | undefined;
  #answered: Work[] = [];
  /** The task that put into a queue what it works on. */
  #giver: Unit | undefined;
  /** The request that it read last, and whether it ever read one before that was answered. */
  #taken: Work | undefined;
  interleaves = false;
  /** Calls of others that woke it, and with which request it waited. */
  #helped: { readonly work: Work; readonly call: Call }[] = [];

  /** Who started it while it was not known for sure what that worked on. */
  #starter: WeakRef<Thread> | undefined;
  #surmise: Surmise | undefined;
  /** It is told what its tasks lead to. */
  #isGiven = false;
  /** Its calls since it began with what it does. */
  begun: Call[] = [];

  /** Of all threads of its process. */
  readonly #constancy: Constancy;

  constructor(ownRule: Rule = 'thread', constancy = new Constancy()) {
    super(ownRule);
    this.#constancy = constancy;
  }

  /** Whether it has read or started that itself, which no wake of another thread changes. */
  get isBusyItself(): boolean {
    return this.isBusy && this.rule !== 'wake';
  }

  /** Whether it has read a request itself. */
  get isAsked(): boolean {
    return this.#taken !== undefined;
  }

  /** Whether it waits for the answer of a call, as far as one can see. */
  get isCalling(): boolean {
    return this.calls.at(-1)?.isAnswered === false;
  }

  override at(event: SyscallEvent, number: number): void {
    super.at(event, number);
    this.ranUs = event.timeUs;
  }

  override takesUp(work: Work, event: number): void {
    const isOpen = this.#taken !== undefined && !this.#taken.isAnswered;
    if (isOpen && this.#taken !== work && this.now.event !== event) this.interleaves = true;
    this.#taken = work;
    this.isTaker = false;
    super.takesUp(work, event);
  }

  /** It took something to do out of a queue, for that work; not known: for what `giver` answers. */
  takes(work: Work | undefined, giver: Unit | undefined, surmise: Surmise | undefined): void {
    this.#judge();
    this.makerTid = 0;
    this.#mayBeFor = surmise;
    this.calls = [];
    this.isTaker = true;
    this.#giver = giver;
    this.turnTo(work, 'queue');
  }

  /** For whom it took what it has done shows by whom it answered; it may have sent answers of others, too. */
  #judge(): void {
    const surmise = this.#mayBeFor;
    if (surmise && this.#answered.length > 0) surmise.trust.tell(this.#answered.includes(surmise.work!));
    this.#answered = [];
  }

  override reaches(work: Work, rule: Rule): void {
    this.#isGiven = true;
    super.reaches(work, rule);
  }

  /** It begins with something of which nothing is known. Returns its calls from now on. */
  begins(): readonly Call[] {
    this.turnTo(undefined);
    this.#surmise = undefined;
    this.begun = [];
    return this.begun;
  }

  /** What it made those calls for, as a rule says; `isStill`: also what follows. It is believed where the rule was right before. */
  mayWorkFor(surmise: Surmise, calls: readonly Call[], isStill: boolean): void {
    for (const call of calls) call.awaits(surmise);
    if (isStill) this.#surmise = surmise;
    if (surmise.trust.isBelieved) this.beganFor(surmise.work, 'object', calls, isStill);
  }

  /** The call that waits for its answer, if it does: of others it is not known whether they were for what it is at now. */
  protected override get reaching(): readonly Call[] {
    const last = this.calls.at(-1);
    // Who asks on a session may go on with the next task before that is answered.
    return last && !last.isAnswered && (!last.isQueued || this.hasMade(last)) ? [last] : [];
  }

  override remember(call: Call): void {
    super.remember(call);
    if (isReached(this.rule)) this.#confirms(this.work);
    else if (this.#surmise) call.awaits(this.#surmise);
    if (this.begun.length < MAX_BEGUN) this.begun.push(call);
    this.#giver?.remember(call);
  }

  /** What it works on is known for sure: whether that is what was surmised. */
  #confirms(work: Work | undefined): void {
    if (this.#surmise?.work) this.#surmise.trust.tell(this.#surmise.work === work);
    this.#surmise = undefined;
  }

  /**
   * It slept at `futex` and was woken for that work. While that goes on it may sleep elsewhere (at a lock, say): only a wake
   * where it slept before may be for something new.
   */
  wokenFor(work: Work, futex: number): void {
    if (this.isTaker || (this.isBusy && this.#sleptAt !== futex)) return;
    if (!this.#answersItself) this.calls = [];
    this.#sleptAt = futex;
    this.turnTo(work, 'wake');
  }

  /**
   * It wakes another one that waits with a request. What it called and got an answer to last, without sleeping since, was for
   * that one if the other has not run since that call; of calls before it may have been told by another one. Who answers
   * requests itself has nobody to tell: it hands on an interpreter's lock (Ruby's, say), at which each waits for itself.
   */
  wakesBack(waiting: Thread, nowUs: number): void {
    if (this.#answersItself) return;
    const last = this.calls.at(-1);
    if (!this.isTaker) this.calls = [];
    if (last?.reader !== this || last.startUs < waiting.ranUs) return;
    if (nowUs - last.answeredUs > LONGEST_END_US) return;
    if (waiting.#helped.length < MAX_HELPED) waiting.#helped.push({ work: waiting.work!, call: last });
  }

  /** Another one starts it: for what that works on, as far as it is known. */
  startedBy(starter: Thread): void {
    if (starter.isBusy) this.turnTo(starter.work, 'thread_start');
    if (!starter.isBusyItself) this.#starter = new WeakRef(starter);
  }

  /** It ends with its work: it was started for that alone. Where its starter's is not known for sure, that one's answer tells for whom. */
  ends(nowUs: number): void {
    const last = this.calls.at(-1);
    // A thread of a pool lives on when that is answered; locks wake it, too.
    const isWithin = this.isBusy && this.rule === 'thread_start';
    if (!last || (!isWithin && (this.wasWoken || nowUs - last.answeredUs > LONGEST_LIFE_US))) return;
    const starter = this.#starter?.deref();
    for (const call of this.calls) {
      if (starter) starter.#inherits(call);
      else if (this.rule === 'thread_start') call.confirm();
    }
  }

  #inherits(call: Call): void {
    call.reader = this;
    super.remember(call);
  }

  /** Another request may have come between, of which nothing is seen: only its last call is known to be for this one. */
  override answers(work: Work): void {
    if (!this.isLoop && !this.isTaker && !this.#staysWith(work)) {
      this.calls = this.calls.slice(-1).filter(({ answeredUs }) => this.ranUs - answeredUs < LONGEST_END_US);
      this.now.basis = undefined;
    }
    if (this.isTaker && this.#mayBeFor && this.#answered.length < MAX_ANSWERED) {
      this.#answered.push(work);
      if (this.#mayBeFor.trust.isBelieved && this.#mayBeFor.work !== work) return; // that of another one
    }
    super.answers(work);
  }

  /** What another one has sent for it ended its work for a request, too; and each call may be a task of its own. */
  #staysWith(work: Work): boolean {
    if (work.request?.exchange.is_one_way) return true; // who acknowledges a message tells himself what that ends
    this.#constancy.answers(work, this.calls);
    return this.#constancy.isKept && !work.isSentByAnyone;
  }

  protected override hasAnswered(answer: Answer): void {
    this.#answersItself = true;
    for (const { work, call } of this.#helped) {
      // Who has answered itself since works for itself.
      if (work !== answer.work || (call.reader instanceof Thread && call.reader.#answersItself)) continue;
      call.judge(work);
      call.claim(work, 'wake_back');
    }
    this.#helped = [];
    super.hasAnswered(answer);
  }

  /** Those whose answers it read itself: others may go on with the rest. Whoever is given tasks may have sent answers for one after another. */
  protected override tellsFor(call: Call): boolean {
    return call.reader === this && !this.#isGiven;
  }
}
