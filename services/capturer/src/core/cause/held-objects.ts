/** Tasks are among the first objects on the stack, but for those of a thread that runs several in one frame. */
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
  /** What frames behind the first ones hold. */
  #more: ReadonlySet<number> = new Set();
  #task: Begin | undefined;
  #collections = -1;

  /**
   * @param held in their order on the stack
   * @param orderOf how late another one made the object; undefined: not known, or none did
   * @returns with what a new task began; undefined: it is the same as before
   */
  changes(
    held: readonly number[],
    collections: number,
    orderOf: (object: number) => number | undefined,
  ): Begin | undefined {
    const isFirst = collections !== this.#collections;
    const [before, moreBefore] = [this.#held, this.#more];
    this.#held = new Set(held.slice(0, MOST));
    this.#more = new Set(held.slice(MOST));
    this.#collections = collections;
    const first = isFirst ? [...this.#held] : [...this.#held].filter((object) => !before.has(object));
    const isFresh = (object: number): boolean => !moreBefore.has(object) && !this.#held.has(object);
    const fresh = first.length > 0 ? first : [...this.#more].filter(isFresh);
    if (!isFirst && (first.length === 0 || this.#isAtTask()) && !this.#hasNewer(fresh, orderOf)) return undefined;
    this.#task = { isFirst, objects: new Map(fresh.map((object) => [object, undefined])) };
    return this.#task;
  }

  /** One of them was made after the task: the next one, maybe, while the frame of the thread's loop still has the first of several. */
  #hasNewer(fresh: readonly number[], orderOf: (object: number) => number | undefined): boolean {
    const task = this.#task && newestOf(this.#task.objects);
    const made = task === undefined ? undefined : this.#task!.objects.get(task);
    return made !== undefined && fresh.some((object) => (orderOf(object) ?? made) > made);
  }

  /** It holds the task still, and most of what may be the task. */
  #isAtTask(): boolean {
    const held = this.#held;
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
