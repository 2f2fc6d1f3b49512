/** Tasks are among the first objects on the stack. */
const MOST = 16;
/** So much of what it came with is held during a task: among what is not known yet is the task itself, maybe. */
const STILL = 0.75;

/** What began a task: objects that the thread did not hold before, in their order on the stack, with how late each was made. */
export interface Begin {
  /** Nothing is known of before: not all of them came with the task. */
  readonly isFirst: boolean;
  /** Undefined: not known yet. */
  readonly objects: Map<number, number | undefined>;
}

/**
 * Finds with which objects a thread of a pool began what it does: of what its first frames hold, from the base of its stack on, those
 * that it did not hold before. The thread itself, its worker and their pool stay the same from task to task. The one of them
 * that was made last is the task: others may be queues, or what tasks share.
 */
export class HeldObjects {
  #held: ReadonlySet<number> = new Set();
  #task: Begin | undefined;
  #collections = -1;

  /** @returns with what a new task began; undefined: it is the same as before */
  changes(all: readonly number[], collections: number): Begin | undefined {
    const isFirst = collections !== this.#collections;
    const before = this.#held;
    const held = new Set(all.slice(0, MOST));
    this.#held = held;
    this.#collections = collections;
    const objects = isFirst ? [...held] : [...held].filter((object) => !before.has(object));
    if (!isFirst && (objects.length === 0 || this.#isAtTask(held))) return undefined;
    this.#task = { isFirst, objects: new Map(objects.map((object) => [object, undefined])) };
    return this.#task;
  }

  /** It holds the task still, and most of what may be the task. */
  #isAtTask(held: ReadonlySet<number>): boolean {
    if (this.#task === undefined) return false;
    const { isFirst, objects } = this.#task;
    const known = [...objects.keys()].filter((object) => objects.get(object) !== undefined);
    if (isFirst) return known.length > 0 && known.every((object) => held.has(object)); // one of them is the thread itself
    const newest = newestOf(objects);
    if (newest !== undefined && !held.has(newest)) return false;
    return [...objects.keys()].filter((object) => held.has(object)).length >= objects.size * STILL;
  }
}

/** The one that was made last; of several of one maker the first. */
export function newestOf(objects: ReadonlyMap<number, number | undefined>): number | undefined {
  let newest: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  for (const [object, order = Number.NEGATIVE_INFINITY] of objects) {
    if (order > last) [newest, last] = [object, order];
  }
  return newest;
}
