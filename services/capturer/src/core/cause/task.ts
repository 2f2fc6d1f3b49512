import type { Call } from './call.ts';
import type { LateStart } from './late-starts.ts';
import { Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_ANCESTORS = 8;
const MAX_UNKNOWN = 64;
const none: readonly Call[] = [];

/** What threads run by turns: a goroutine, a virtual thread, a task of asyncio. */
export class Task extends Unit {
  /** The task that made it; weak, as each callback of a loop may make the next one. */
  #parent: WeakRef<Task> | undefined;
  /** The program has told that it is made. */
  isTold = false;
  /** When that was: 0 before anybody looked, undefined where programs do not tell it. */
  madeUs: number | undefined;
  /** It was asked who made it. */
  isBegun = false;
  /** How many requests it has read. */
  served = 0;
  #unknown: Call[] = [];
  /** It may have been started for a request before the one that it seems to be for. */
  start: LateStart | undefined;

  constructor() {
    super('task');
  }

  override get isTask(): boolean {
    return true;
  }

  protected override get reaching(): readonly Call[] {
    return this.calls;
  }

  override takesUp(work: Work, event: number): void {
    this.served++;
    this.start = undefined;
    super.takesUp(work, event);
  }

  /** It took something to do out of a queue, for that work; not known: for what `giver` answers. */
  takes(work: Work | undefined, giver: Task | undefined): void {
    this.start = undefined;
    this.calls = [];
    if (work === undefined) this.#parent = giver && new WeakRef(giver);
    this.turnTo(work, 'queue');
  }

  /** It gives something to another one. Returns what it has called since it did so last, for whom nobody knows: maybe for that one. */
  gives(): readonly Call[] {
    if (this.#unknown.length === 0) return none;
    const calls = this.#unknown;
    this.#unknown = [];
    return calls;
  }

  /** It is told for which request it is. */
  serves(work: Work, rule = this.ownRule): void {
    this.start = undefined;
    this.turnTo(work, rule);
  }

  override makes(call: Call, rule = this.rule, isFirst = false): void {
    super.makes(call, rule, isFirst);
    if (call.work === undefined && this.served === 0 && this.#unknown.length < MAX_UNKNOWN) this.#unknown.push(call);
    call.start = this.start;
    this.start?.calls(call.port);
    if (this.start?.isDoubtful(call.port)) call.isOfAnyone();
  }

  /** It was made by another task: for what that one works on, and what it calls counts as that one's too when that answers. */
  startedBy(parent: Task): void {
    if (parent.isBusy) this.turnTo(parent.work, 'task_start');
    this.#parent = new WeakRef(parent);
  }

  /** Keeps the call for the answer that may follow, here and with those that made this task. */
  override remember(call: Call): void {
    super.remember(call);
    let unit = this.#parent?.deref();
    for (let depth = 1; unit && depth < MAX_ANCESTORS; depth++) {
      unit.#keep(call);
      unit = unit.#parent?.deref();
    }
  }

  #keep(call: Call): void {
    super.remember(call);
  }
}
