import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import type { Message } from './burst.ts';
import type { Call } from './call.ts';
import { Loop } from './loop.ts';
import { Promptness } from './promptness.ts';
import type { Rule } from './rules.ts';
import type { SocketState } from './sockets.ts';
import type { Answer } from './unit.ts';
import { Work } from './work.ts';

/** Timers of libuv have a resolution of a millisecond: one that is set in this turn does not run before. */
const SHORTEST_TIMER_US = 1000;
/** What goes on for so long after a wait is no turn of a loop: a thread had waited once, for something else. */
const LONGEST_TURN_US = 100_000;

interface Doubtful {
  readonly call?: Call;
  readonly answer?: Answer;
}

/**
 * A loop of which system calls alone are seen. When it runs timers is not told: they run when all that came has been read. One
 * that reads all first, and does later what follows, in an order of its own, is known by that it answers others than the
 * request that has the turn: nothing is said of its calls.
 */
export class PlainLoop extends Loop {
  #turnUs = 0;
  /** It has made a call in a turn in which it had read nothing: it has timers. */
  #hasTimers = false;
  /** Others read answers for it: unless it is asked by many at once it goes on with these, and not with timers. */
  #isHelped = false;
  /** From now on it may do what a timer set off. */
  #mayBeTimer = false;
  /** What it did since then: if it reads once more in this turn, that was no timer. */
  #doubtful: Doubtful[] = [];
  /** What would have the turn. */
  #expected: Work | undefined;
  readonly #promptness = new Promptness();
  /** Whether that request is all that its process has to answer. */
  readonly #hasOnly: (work: Work) => boolean;
  /** What it read last, in which event, and whether something should come of it in this turn. */
  #message: Message | undefined;
  #event = 0;
  #expectsMore = false;
  /** Sockets that it has written to in this turn, as far as it is one. */
  readonly #written = new Set<number>();
  /** The last two requests that it has read. */
  #taken: readonly (Work | undefined)[] = [];

  /** @param hasOnly whether that request is all that its process has to answer */
  constructor(hasOnly: (work: Work) => boolean = () => false) {
    super();
    this.#hasOnly = hasOnly;
  }

  /** Whether it tells by its turns for whom it does something: if not, for the only one there is. */
  #tells(work: Work | undefined): boolean {
    return this.#promptness.isInOrder || (work !== undefined && this.#hasOnly(work));
  }

  override at(event: SyscallEvent, number: number): void {
    super.at(event, number);
    const { kind, remotePort } = event;
    if (remotePort > 0 && (kind === SyscallKind.write || kind === SyscallKind.connect)) this.acts();
    const ageUs = event.timeUs - this.#turnUs;
    if (kind === SyscallKind.write && ageUs < LONGEST_TURN_US) this.#written.add(event.socket);
    const isDue = event.timersDue && (this.#hasTimers || ageUs < LONGEST_TURN_US);
    const isLate = isDue || (this.#hasTimers && ageUs > SHORTEST_TIMER_US);
    this.#mayBeTimer = isLate && (this.interleaves || !this.#isHelped);
    if (this.#mayBeTimer && this.now.burst) this.turnTo(undefined);
  }

  protected override turnsOver(event: SyscallEvent): void {
    for (const { call } of this.#doubtful) call?.setOffUnseen();
    this.#doubtful = [];
    this.#turnUs = event.timeUs;
    this.#promptness.turnsOver();
    this.#expectsMore = false;
    this.#written.clear();
    super.turnsOver(event);
  }

  override acts(): void {
    this.#promptness.acts();
  }

  /** What it did before in this turn was no timer's, unless it tries at once to read the answer to what it has just written. */
  override reads(socket: number): void {
    super.reads(socket);
    if (this.#written.has(socket) && this.seenUs - this.#turnUs < LONGEST_TURN_US) return;
    this.#mayBeTimer = false;
    const doubtful = this.#doubtful;
    this.#doubtful = [];
    for (const { answer } of doubtful) if (answer) this.hasAnswered(answer);
  }

  override takesUp(work: Work, event: number): void {
    this.#begins(work, event);
    if (this.#taken[0] !== work) this.#taken = [work, this.#taken[0]];
    super.takesUp(work, event);
  }

  override goesOn(call: Call, event: number, answers: number): void {
    this.#begins(call, event);
    super.goesOn(call, event, answers);
    if (this.now.burst === undefined) this.#expectsMore = this.now.isLast;
    if (!this.#tells(call.work)) this.now.basis = undefined;
  }

  /** A message comes; of several that one read brings the first one counts. */
  #begins(message: Message, event: number): void {
    if (this.#message === message || this.#event === event) return;
    this.#promptness.reads(message instanceof Work, this.#expectsMore);
    this.#message = message;
    this.#event = event;
    this.#expectsMore = true;
  }

  override turnTo(work: Work | undefined, rule: Rule = this.ownRule): void {
    this.now.burst?.settle();
    this.#expected = work;
    super.turnTo(rule === 'queue' || this.#tells(work) ? work : undefined, rule);
  }

  override makes(call: Call, rule = this.rule, isFirst = false): void {
    super.makes(call, rule, isFirst);
    if (isFirst) return;
    this.#promptness.does(!this.hasRead && !this.#mayBeTimer);
    if (this.#mayBeTimer && rule !== 'queue') this.#doubtful.push({ call });
  }

  override sharesSession(): void {
    this.#isHelped = true;
  }

  protected override madeUnread(): void {
    this.#hasTimers = true;
  }

  protected override madeConnection(socket: SocketState): void {
    if (!this.#mayBeTimer) super.madeConnection(socket);
  }

  protected override beginsAnswer(answer: Answer): void {
    this.acts();
    this.#promptness.does(!this.hasRead && !this.#mayBeTimer);
    if (this.#mayBeTimer) this.#doubtful.push({ answer });
    else {
      this.#count(answer.work);
      if (this.#tells(answer.work)) {
        super.beginsAnswer(answer);
        return;
      }
    }
    this.calls = [];
  }

  /** A session of HTTP/2 sends answers that were ready before, too. */
  #count(answered: Work): void {
    if (this.#expected === undefined || this.mayAnswerLate(answered)) return;
    const isOnly = this.#taken.every((work) => work === undefined || work === answered || work.isAnswered);
    this.#promptness.answers(this.#expected === answered, isOnly);
  }
}
