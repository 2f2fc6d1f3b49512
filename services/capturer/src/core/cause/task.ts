import type { Call } from './call.ts';
import { Unit } from './unit.ts';

const MAX_ANCESTORS = 8;

/** What threads run by turns: a goroutine, a virtual thread, a task of asyncio. */
export class Task extends Unit {
  /** The task that made it; weak, as each callback of a loop may make the next one. */
  #parent: WeakRef<Task> | undefined;
  /** The program has told that it is made. */
  isTold = false;
  /** It was asked who made it. */
  isBegun = false;

  constructor() {
    super('task');
  }

  override get isTask(): boolean {
    return true;
  }

  protected override get reaching(): readonly Call[] {
    return this.calls;
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
