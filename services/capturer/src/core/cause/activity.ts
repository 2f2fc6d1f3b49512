import type { Burst } from './burst.ts';
import type { Call } from './call.ts';
import type { Outcomes } from './outcomes.ts';
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
  /** It began with an answer, and nothing else was waited for beside that. */
  isLast = false;
  /** What it did. */
  hasCalled = false;
  hasAnswered = false;
  calls: Call[];
  /** The youngest of the loop's asynchronous resources when it began; 0: it tells of none. */
  readonly fromId: number;

  constructor(work: Work | undefined, rule: Rule, calls: Call[], fromId: number) {
    this.work = work;
    this.rule = rule;
    this.calls = calls;
    this.fromId = fromId;
  }

  /** Whether it is known what set it off. */
  get hasCause(): boolean {
    return this.work !== undefined || this.basis !== undefined || this.burst !== undefined;
  }
}

const MAX_ACTIVITIES = 1024;

/** Activities of a loop that numbers its asynchronous resources: in whose turn one was made tells for whom its callback runs. */
export class Activities {
  /** By `fromId`, which grows; of resources that were made before the first one nothing is known. */
  #known: Activity[] = [];
  /** Where those of this turn and of the one before begin. */
  #turn = 0;
  #turnBefore = 0;

  add(activity: Activity): void {
    if (this.#known.length === MAX_ACTIVITIES) {
      const dropped = MAX_ACTIVITIES / 2;
      this.#known = this.#known.slice(dropped);
      this.#turn = Math.max(0, this.#turn - dropped);
      this.#turnBefore = Math.max(0, this.#turnBefore - dropped);
    }
    this.#known.push(activity);
  }

  /** A new turn begins, the next one or a later one. What one read has set off is done. */
  turn(outcomes: Outcomes, isNext: boolean): void {
    for (let i = this.#turn; i < this.#known.length; i++) {
      const { burst, message, isLast, hasAnswered, hasCalled } = this.#known[i];
      burst?.settle();
      if (isLast && !burst) outcomes.saw((message as Call).path, { answers: hasAnswered, calls: hasCalled });
    }
    this.#turnBefore = isNext ? this.#turn : this.#known.length;
    this.#turn = this.#known.length;
  }

  /** The activity in which the resource was made; undefined where it is too old, or older than the turn before this one. */
  madeBy(id: number, isOld = false): Activity | undefined {
    for (let i = this.#known.length - 1; i >= (isOld ? 0 : this.#turnBefore); i--) {
      if (this.#known[i].fromId < id) return this.#known[i];
    }
    return undefined;
  }
}
