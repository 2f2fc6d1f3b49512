import type { Call } from './call.ts';
import { type GivenAnswer, GivenAnswers } from './given-answers.ts';
import type { LateStart } from './late-starts.ts';
import { type Answer, Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_ANCESTORS = 8;
const MAX_DOUBTFUL = 64;

/** What threads run by turns: a goroutine, a virtual thread, a task of asyncio. */
export class Task extends Unit {
  /** The task that made it; weak, as each callback of a loop may make the next one. */
  #parent: WeakRef<Task> | undefined;
  /** For whom it makes the next one. */
  #client: WeakRef<Task> | undefined;
  /** The program has told that it is made. */
  isTold = false;
  /** When that was: 0 before anybody looked, undefined where programs do not tell it. */
  madeUs: number | undefined;
  /** It was asked who made it. */
  isBegun = false;
  /** How many requests it has read. */
  served = 0;
  /** For what it was started, if it has called somebody then. */
  startedFor: Work | undefined;
  /** What it has called since it gave something away, that may not be for what it was started for. */
  #doubtful: Call[] = [];
  #hasGiven = false;
  /** Answers that it reads for others, on a connection that these share. */
  #answers: GivenAnswers | undefined;
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

  /** It gives something to another one. Returns what it has called before that, as far as it may be for that one. */
  gives(): readonly Call[] {
    this.#hasGiven = true;
    return this.#doubtful;
  }

  /** The answer to that call, which shares its connection with others, has come whole. */
  readsFor(call: Call, event: number, isLast: boolean): void {
    if (call.maker === this || this.made > 0 || this.served > 0) return;
    if (call.rule === 'task_start') call.unlink(); // who writes it does so for all
    this.#answers ??= new GivenAnswers();
    this.#answers.come(call, event, isLast);
  }

  /** It gives somebody an answer; undefined: it reads none for others. */
  givesAnswer(): GivenAnswer | undefined {
    return this.#answers?.give();
  }

  /** It is told for which request it is. */
  serves(work: Work, rule = this.ownRule): void {
    this.start = undefined;
    this.turnTo(work, rule);
  }

  override makes(call: Call, rule = this.rule, isFirst = false): void {
    super.makes(call, rule, isFirst);
    if (this.rule === 'task_start') this.startedFor ??= this.work;
    if (this.served === 0 && (call.work === undefined || this.rule === 'task_start')) this.#doubts(call);
    call.start = this.start;
    this.start?.calls(call.port);
    if (this.start?.isDoubtful(call.port)) call.isOfAnyone();
  }

  #doubts(call: Call): void {
    if (this.#hasGiven) this.#doubtful = [];
    this.#hasGiven = false;
    if (this.#doubtful.length < MAX_DOUBTFUL) this.#doubtful.push(call);
  }

  /** What its makers have called is for that request, too, as far as they were made since that was read (a task sends the answer for a handler). */
  protected override hasAnswered(answer: Answer): void {
    super.hasAnswered(answer);
    if (answer.work.isQueued) return; // others' answers may be sent with its own
    let unit = this.#parent?.deref();
    for (let depth = 1; unit?.madeUs && unit.madeUs >= answer.work.startUs && depth < MAX_ANCESTORS; depth++) {
      for (const call of unit.calls) call.claim(answer.work, 'answer');
      unit.calls = [];
      unit = unit.#parent?.deref();
    }
  }

  isMadeBy(unit: object | undefined): boolean {
    return unit !== undefined && this.#parent?.deref() === unit;
  }

  /** It makes the next task for that one, which had to wait for it. */
  makesFor(client: Task | undefined): void {
    this.#client = client && new WeakRef(client);
  }

  /** It was made by another task: for what that one works on, and what it calls counts as that one's too when that answers. */
  startedBy(maker: Task): void {
    const parent = maker.#client?.deref() ?? maker;
    maker.#client = undefined;
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

  override forget(call: Call): void {
    super.forget(call);
    let unit = this.#parent?.deref();
    for (let depth = 1; unit && depth < MAX_ANCESTORS; depth++) {
      unit.#drop(call);
      unit = unit.#parent?.deref();
    }
  }

  #drop(call: Call): void {
    super.forget(call);
  }

  #keep(call: Call): void {
    super.remember(call);
  }
}
