/** An object that comes so much later on the stack than where tasks begin is none. */
const MAX_SHIFT = 2;

/**
 * Finds with which object a thread of a pool began what it does: of what its first frames hold, from the base of its stack on, the
 * first one that is another one than before. The thread itself, its worker and their pool stay the same from task to task.
 */
export class HeldObjects {
  #held: readonly number[] = [];
  #collections = -1;
  /** Where in the list the task was. */
  #at: number | undefined;
  /** It is known who made the task. */
  isKnown = false;

  /**
   * @param held addresses, from the base on
   * @param usual where other threads of the process have their tasks; undefined: not known
   * @returns objects of which the first one whose maker is known began a new task; undefined: the task is the same as before
   */
  changes(held: readonly number[], collections: number, usual: number | undefined): readonly number[] | undefined {
    const before = this.#held;
    const isMoved = collections !== this.#collections;
    this.#held = held;
    this.#collections = collections;
    if (isMoved) return this.#at === undefined ? held : held.slice(this.#at, this.#at + 1);
    let at = 0;
    while (at < held.length && held[at] === before[at]) at++;
    if (at === held.length) return undefined;
    const task = this.#at ?? (usual === undefined ? undefined : usual + MAX_SHIFT);
    if (task !== undefined && at > task && this.isKnown) return undefined;
    this.#at = at;
    return [held[at]];
  }

  /** Where in the list its task was, once that is known. */
  get at(): number | undefined {
    return this.isKnown ? this.#at : undefined;
  }
}
