import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Activity } from './activity.ts';
import { ANSWERS, Burst } from './burst.ts';
import { Call } from './call.ts';
import { Outcomes } from './outcomes.ts';
import type { Pool } from './pools.ts';
import type { Rule } from './rules.ts';
import type { SocketState } from './sockets.ts';
import { Thread } from './thread.ts';
import type { Work } from './work.ts';

/** Calls of a turn, and of those that were waited for within one. */
const MAX_CALLS = 256;

/** A thread that waits for many descriptors at once, and in each turn does what follows from those that are ready. */
export abstract class Loop extends Thread {
  protected turn = 0;
  /** Whether it has read something in this turn. */
  protected hasRead = false;
  protected readonly outcomes = new Outcomes();
  /** Calls of this turn, and those since it last acknowledged a message that it waited for within their turn. */
  readonly #made = new Set<Call>();
  #blocking: Call[] = [];

  constructor() {
    super('loop_turn');
  }

  override get isLoop(): boolean {
    return true;
  }

  override get basis(): Call | undefined {
    return this.now.burst ? undefined : this.now.basis;
  }

  /** When what it does was made. */
  protected get order(): number {
    return 0;
  }

  /** In a new turn nothing has the turn yet. */
  override at(event: SyscallEvent, number: number): void {
    super.at(event, number);
    if (event.turn !== this.turn) this.turnsOver(event);
  }

  protected turnsOver({ turn }: SyscallEvent): void {
    this.turn = turn;
    if (this.#made.size > 0) this.#made.clear();
    this.hasRead = false;
    this.turnTo(undefined);
  }

  override reads(_socket: number): void {
    this.hasRead = true;
  }

  override readOther(): void {
    this.turnTo(undefined);
  }

  /** It learns what to do by what it reads. */
  override wokenFor(): void {}

  override takesUp(work: Work, event: number): void {
    if (!this.#isBurst(work, event)) super.takesUp(work, event);
  }

  override goesOn(call: Call, event: number, answers: number): void {
    if (this.#made.delete(call) && this.#blocking.push(call) > MAX_CALLS) this.#blocking.shift();
    if (this.#isBurst(call, event, answers)) call.reader = this;
    else super.goesOn(call, event, answers);
  }

  /** The same read had brought another message before. */
  #isBurst(message: Call | Work, event: number, answers = 0): boolean {
    const { now } = this;
    if (now.event !== event || now.message === undefined || now.message === message) return false;
    if (now.burst === undefined) {
      now.burst = new Burst(this.outcomes);
      now.burst.add(now.message, now.answers);
    }
    now.burst.isStrict ||= this.tellsIds && message instanceof Call && message.isQueued;
    now.burst.add(message, answers);
    now.message = message;
    now.work = undefined;
    now.basis = undefined;
    return true;
  }

  override makes(call: Call, rule = this.rule, isFirst = false): void {
    if (this.#made.size < MAX_CALLS) this.#made.add(call);
    if (isFirst) return;
    const isHandedOn = call.pool !== undefined && this.handsOn(call, call.pool);
    if (call.pool && !isHandedOn) this.#reuses(call, call.pool);
    const { now } = this;
    now.did(call.port);
    if (now.burst) {
      now.burst.did(call.port, { call }, this.order);
      return;
    }
    if (this.isBusy && !call.hasWaited) call.link(this.work!, isHandedOn ? this.rule : rule);
    if (!this.hasRead) this.madeUnread();
    if (!call.hasWaited && (now.basis !== undefined || now.work !== undefined)) this.remember(call); // else it may be anybody's
  }

  /** What goes on with an answer, and answers its request, sends nothing more for that: it was another one that had waited. */
  #reuses(call: Call, pool: Pool): void {
    if (this.now.hasDone(ANSWERS) || this.mayBePutOff) pool.hadWaiting(call.startUs);
    pool.goesOn(call);
    this.now.reuse = call;
  }

  /** A call that goes out on the connection of the answer before is that of another one who had waited for it, who is told. */
  protected handsOn(_call: Call, _pool: Pool): boolean {
    return false;
  }

  /** What it does may have been put off by anything that it did before. */
  protected get mayBePutOff(): boolean {
    return false;
  }

  /** It made a call in a turn in which it has read nothing. */
  protected madeUnread(): void {}

  override connects(socket: SocketState, port: number): void {
    const { now } = this;
    now.did(port);
    socket.isNew = true;
    if (now.burst) now.burst.did(port, { socket }, this.order);
    else this.madeConnection(socket);
  }

  /** Also what it waited for in the midst of a turn was for that message. */
  override acknowledges(message: Work): void {
    for (const call of this.#blocking) call.claim(message, 'answer');
    this.#blocking = [];
    super.acknowledges(message);
  }

  override answers(work: Work): void {
    const { now } = this;
    now.reuse?.pool?.hadWaiting(now.reuse.startUs);
    now.did(ANSWERS);
    if (now.burst) now.burst.did(ANSWERS, { work }, this.order);
    else super.answers(work);
    now.basis = undefined;
  }

  /** A session of HTTP/2 sends answers that were ready before, too. */
  protected override mayAnswerLate(work: Work): boolean {
    return work.isQueued && !work.isAnswerTold;
  }

  protected override tellsFor(): boolean {
    return true;
  }

  /** What it did before was for something else. */
  override turnTo(work: Work | undefined, rule: Rule = this.ownRule): void {
    this.now = new Activity(work, rule, [], 0);
  }
}
