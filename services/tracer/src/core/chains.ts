/** What can be put into `Chains`: it carries its place itself, and is in one at a time. */
interface Link<T> {
  hash: number;
  previous: T | undefined;
  next: T | undefined;
}

/**
 * A hash table of objects that carry their own links: nothing is allocated to put one in or to take one out, which for
 * what comes and goes with every request costs more than the search. Of one hash the youngest comes first; who
 * looks for something compares it itself.
 */
export class Chains<T extends Link<T>> {
  #heads: (T | undefined)[] = new Array(64).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The youngest that may be of this hash; go on with `next`. Others of the same place come between. */
  first(hash: number): T | undefined {
    return this.#heads[hash & (this.#heads.length - 1)];
  }

  /** Puts one in by its hash, which stays what it is as long as it is in. */
  add(item: T): void {
    if (this.#size === this.#heads.length) this.#grow();
    this.#size++;
    this.#link(item);
  }

  /** Takes out one that is in. */
  remove(item: T): void {
    const { previous, next } = item;
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) previous.next = next;
    else this.#heads[item.hash & (this.#heads.length - 1)] = next;
    item.previous = item.next = undefined;
    this.#size--;
  }

  #link(item: T): void {
    const at = item.hash & (this.#heads.length - 1);
    const head = this.#heads[at];
    if (head !== undefined) head.previous = item;
    item.previous = undefined;
    item.next = head;
    this.#heads[at] = item;
  }

  #grow(): void {
    const old = this.#heads;
    this.#heads = new Array(2 * old.length).fill(undefined);
    for (const head of old) {
      // From the oldest on, so that the youngest is first again.
      let item = head;
      while (item?.next !== undefined) item = item.next;
      for (; item !== undefined; ) {
        const { previous }: Link<T> = item;
        this.#link(item);
        item = previous;
      }
    }
  }
}
