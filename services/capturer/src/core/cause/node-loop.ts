import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import { Activities, Activity } from './activity.ts';
import { ANSWERS } from './burst.ts';
import type { Call } from './call.ts';
import { Loop } from './loop.ts';
import type { Pool } from './pools.ts';
import type { Rule } from './rules.ts';
import type { Work } from './work.ts';

/** Timers have a resolution of a millisecond: one that is set in this turn does not run before. */
const SHORTEST_TIMER_US = 1000;

/** So often it does something without a read when a connection is ready; more often it runs timers, and has no probe. */
const MOST_UNTOLD = 8;

/** The loop of Node.js, which numbers its asynchronous resources: the number tells also in whose turn what it has put off was made. */
export class NodeLoop extends Loop {
  readonly #activities = new Activities();
  /** What began last; it may do now what it has put off. */
  #last: Activity = this.now;
  #turnUs = 0;
  #youngestId = 0;
  /** The resource whose callback runs; 0: none. */
  #asyncId = 0;
  /** Number of the event under way. */
  #event = 0;
  /** The socket from which it read last. */
  lastRead = 0;
  /** How often it made a call in a turn in which it had read nothing, and in no resource's callback. */
  #untold = 0;
  /** It tells when it runs timers. */
  #tellsTimers = false;
  /** It runs timers, as it says itself. */
  #runsTimers = false;

  override get tellsIds(): boolean {
    return true;
  }

  override at(event: SyscallEvent, number: number): void {
    const { timeUs, timersDue, asyncId, lastAsyncId } = event;
    this.#event = number;
    if (event.kind === SyscallKind.read) this.lastRead = event.socket;
    this.#asyncId = asyncId;
    this.#youngestId = lastAsyncId;
    super.at(event, number);
    const isLate = timersDue || timeUs - this.#turnUs > SHORTEST_TIMER_US;
    // Without its probe it does not tell when it runs timers: what it does late may be theirs.
    if (isLate && this.#untold > MOST_UNTOLD && !this.#tellsTimers && asyncId === 0 && !this.#last.isTimers)
      this.#beginTimers();
    this.now = this.#putOff(asyncId) ?? this.#last;
  }

  protected override turnsOver(event: SyscallEvent): void {
    this.#activities.turn(this.outcomes, event.turn === this.turn + 1);
    this.#turnUs = event.timeUs;
    this.#runsTimers = false;
    super.turnsOver(event);
  }

  /** When what it does was made or, if that was before this activity, now. */
  protected override get order(): number {
    return this.#asyncId > this.now.fromId ? this.#asyncId : this.#youngestId;
  }

  /** The earlier activity that made the resource whose callback runs now; undefined where that is of what began last. */
  #putOff(asyncId: number): Activity | undefined {
    if (asyncId === 0 || asyncId > this.#last.fromId) return undefined;
    const maker = this.#activities.madeBy(asyncId, this.#runsTimers);
    return maker?.hasCause ? maker : undefined;
  }

  override timers(): void {
    this.#tellsTimers = true;
    this.#runsTimers = true;
    this.#beginTimers();
  }

  #beginTimers(): void {
    this.turnTo(undefined);
    this.#last.isTimers = true;
  }

  /** It may have put off what follows from what it did before. */
  override turnTo(work: Work | undefined, rule: Rule = this.ownRule): void {
    this.now = this.#last = new Activity(work, rule, [], this.#youngestId);
    this.#activities.add(this.now);
  }

  protected override madeUnread(): void {
    if (this.#asyncId === 0) this.#untold++;
  }

  override makes(call: Call, rule = this.rule, isFirst = false): void {
    if (call.isQueued) {
      this.sends(call, undefined);
      return;
    }
    call.isSure = !isFirst;
    if (call.pool) this.#reuses(call, call.pool);
    super.makes(call, rule, isFirst);
  }

  /** What goes on with an answer, and answers its request, sends nothing more for that: it was another one that had waited. */
  #reuses(call: Call, pool: Pool): void {
    if (this.now.hasDone(ANSWERS)) pool.hadWaiting(call.startUs);
    pool.goesOn(call);
    this.now.reuse = call;
  }

  override answers(work: Work): void {
    const { reuse } = this.now;
    if (reuse) reuse.pool?.hadWaiting(reuse.startUs);
    super.answers(work);
  }

  /** What it does now. */
  get activity(): Activity {
    return this.now;
  }

  /**
   * A session of HTTP/2 sends it at the end of a turn, or with its next read.
   *
   * @param maker what it was made in, where that is told
   */
  sends(call: Call, maker: Activity | undefined): void {
    call.setOffUnseen();
    const only = maker ?? this.#onlyMaker(call);
    if (only === undefined) return;
    if (only.basis && !only.burst) call.setOffBy(only.basis);
    this.now = only;
    call.isSure = true;
    super.makes(call, only.rule, false);
  }

  /** The only activity that may have made it. */
  #onlyMaker(call: Call): Activity | undefined {
    const { only, burst } = this.#activities.sends(call.request.socket, this.#event, this.outcomes);
    if (burst) burst.did(call.port, { call }, this.order);
    return only;
  }
}
