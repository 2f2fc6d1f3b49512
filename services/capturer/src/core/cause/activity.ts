import type { Run } from './awakenings.ts';
import { Burst, kindOf } from './burst.ts';
import type { Call } from './call.ts';
import type { JobPieces } from './job-pieces.ts';
import { NOTHING, type Outcome, type Outcomes } from './outcomes.ts';
import type { Rule } from './rules.ts';
import type { Work } from './work.ts';

/** What a unit does because of one thing that it has read, or was told. */
export class Activity {
  /** What it works on, and how that is known; undefined: not known. */
  work: Work | undefined;
  rule: Rule;
  /** The call whose answer set it off, if that was it. */
  basis: Call | undefined;
  /** Several things at once have set it off. */
  burst: Burst | undefined;
  /** The message that it began with, and the number of the event that brought it. */
  message: Call | Work | undefined;
  event = 0;
  /** It began with a request, or with an answer and nothing else was waited for beside that. */
  isLast = false;
  /** How many answers there had been. */
  answers = 0;
  /** Timers set it off. */
  isTimers = false;
  run: Run | undefined;
  /** The program itself has told that it begins, and with what. */
  isTold = false;
  /** Several went on, and it is not known which of them did what. */
  isAnyones = false;
  /** Of what several things have set off at once it is what was done for that work. */
  within: JobPieces | undefined;
  /** It may have done more, which several did together. */
  isShared = false;
  /** Ports of calls and connections, and answers, each followed by how many there were one after another. */
  #did: number[] | undefined;
  /** What it sent on the connection that its own message came on, where nothing else was free. */
  reuse: Call | undefined;
  calls: Call[];
  /** The youngest of the loop's asynchronous resources when it began; 0: it tells of none. */
  readonly fromId: number;

  constructor(work: Work | undefined, rule: Rule, calls: Call[], fromId: number) {
    this.work = work;
    this.rule = rule;
    this.calls = calls;
    this.fromId = fromId;
  }

  did(port: number): void {
    this.#did ??= [];
    const last = this.#did.length - 2;
    if (last >= 0 && this.#did[last] === port) this.#did[last + 1]++;
    else this.#did.push(port, 1);
  }

  hasDone(port: number): boolean {
    return this.#did?.some((one, i) => i % 2 === 0 && one === port) === true;
  }

  /** How many of each it did. */
  get deeds(): Outcome {
    if (this.#did === undefined) return NOTHING;
    const deeds = new Map<number, number>();
    for (let i = 0; i < this.#did.length; i += 2) {
      deeds.set(this.#did[i], (deeds.get(this.#did[i]) ?? 0) + this.#did[i + 1]);
    }
    return deeds;
  }

  /** Whether it is known what set it off. */
  get hasCause(): boolean {
    return this.work !== undefined || this.basis !== undefined || this.burst !== undefined;
  }
}

/** It is not known who does it: not who did what was done before. */
export const nobody = (fromId: number): Activity => new Activity(undefined, 'loop_turn', [], fromId);

/** Requests of several activities that go out in one write. */
class Sending {
  readonly event: number;
  /** Number of activities there had been. */
  readonly until: number;
  /** The only activity that may have queued them. */
  readonly only: Activity | undefined;
  /** Where there are several; undefined too where one of them has no known cause. */
  readonly burst: Burst | undefined;

  constructor(activities: readonly Activity[], event: number, until: number, outcomes: Outcomes) {
    this.event = event;
    this.until = until;
    if (activities.length === 1) [this.only] = activities;
    for (const activity of activities) activity.isShared ||= activities.length > 1;
    if (activities.length < 2 || activities.some(({ message, burst }) => message === undefined || burst)) return;
    this.burst = new Burst(outcomes);
    this.burst.isStrict = true;
    for (const { message, answers } of activities) this.burst.add(message!, answers);
  }
}

const MAX_ACTIVITIES = 1024;

/** Activities of a loop that numbers its asynchronous resources: in whose turn one was made tells for whom its callback runs. */
export class Activities {
  /** By `fromId`, which grows; of resources that were made before the first one nothing is known. */
  #known: Activity[] = [];
  /** How many there were before the first that is known. */
  #dropped = 0;
  /** What is sent for several of this turn at once. */
  #sent: Sending[] = [];
  readonly #sendings = new Map<number, Sending>();
  /** Where those of this turn and of the one before begin. */
  #turn = 0;
  #turnBefore = 0;

  add(activity: Activity): void {
    if (this.#known.length === MAX_ACTIVITIES) {
      const dropped = MAX_ACTIVITIES / 2;
      this.#known = this.#known.slice(dropped);
      this.#dropped += dropped;
      this.#turn = Math.max(0, this.#turn - dropped);
      this.#turnBefore = Math.max(0, this.#turnBefore - dropped);
    }
    this.#known.push(activity);
  }

  /** It was found later, or turns out now, that from its id on that is done. */
  insert(activity: Activity): void {
    this.add(activity);
    const known = this.#known;
    for (let at = known.length - 1; at > this.#turn && known[at - 1].fromId > activity.fromId; at--)
      [known[at - 1], known[at]] = [known[at], known[at - 1]];
  }

  /** A new turn begins, the next one or a later one. What one read has set off is done. */
  turn(outcomes: Outcomes, isNext: boolean): void {
    for (const { burst } of this.#sent) burst?.settle();
    this.#sent = [];
    for (let i = this.#turn; i < this.#known.length; i++) {
      const activity = this.#known[i];
      const { burst, message, isLast, isShared } = activity;
      burst?.settle();
      if (isLast && !burst && !isShared && message) outcomes.saw(kindOf(message), activity.deeds);
    }
    this.#turnBefore = isNext ? this.#turn : this.#known.length;
    this.#turn = this.#known.length;
  }

  /**
   * A session (of HTTP/2) on that socket sends what was queued for it since it last did in this turn.
   *
   * @param event number of the event that sends it
   */
  sends(socket: number, event: number, outcomes: Outcomes): Sending {
    const before = this.#sendings.get(socket);
    if (before?.event === event) return before;
    const timers = this.#known.findIndex(({ isTimers }, i) => isTimers && i >= this.#turnBefore);
    const from = Math.max(timers < 0 ? this.#turn : timers, (before?.until ?? 0) - this.#dropped);
    const active = this.#known.slice(from).filter(({ message, isTimers }) => message !== undefined || isTimers);
    if (before && active.length === 0) return before; // more of the same
    const sending = new Sending(active, event, this.#dropped + this.#known.length, outcomes);
    this.#sendings.set(socket, sending);
    this.#sent.push(sending);
    return sending;
  }

  /** The activity in which the resource was made; undefined where it is too old, or older than the turn before this one. */
  madeBy(id: number, isOld = false): Activity | undefined {
    for (let i = this.#known.length - 1; i >= (isOld ? 0 : this.#turnBefore); i--) {
      if (this.#known[i].fromId < id) return this.#known[i];
    }
    return undefined;
  }
}
