import type { HeadLines } from './head-lines.ts';
import type { Work } from './work.ts';

/** Requests of a process that have one method and path. */
interface Alike {
  /** Those that have not been passed on, as far as is known. */
  readonly waiting: Map<Work, HeadLines>;
  /** Of these so many have, but which ones is not known. */
  taken: number;
}

/**
 * What a proxy passes on, recognized by method and path, and by its header lines where several wait that are alike in that.
 * It passes on each request once.
 */
export class Forwards {
  readonly #alike = new Map<string, Alike>();
  readonly #keys = new Map<Work, string>();

  /** A request has come that may be passed on. */
  asked(key: string, work: Work, head: HeadLines): void {
    let alike = this.#alike.get(key);
    if (alike === undefined) this.#alike.set(key, (alike = { waiting: new Map(), taken: 0 }));
    alike.waiting.set(work, head);
    this.#keys.set(work, key);
  }

  /** A request was passed on; gives which one, undefined where that is not sure. */
  passedOn(key: string, head: HeadLines): Work | undefined {
    const alike = this.#alike.get(key);
    if (alike === undefined) return undefined;
    const work = alike.waiting.size === 1 ? alike.waiting.keys().next().value : mostAlike(alike.waiting, head);
    if (work) alike.waiting.delete(work);
    else alike.taken++;
    if (alike.taken >= alike.waiting.size) this.#alike.delete(key);
    return work;
  }

  /** The request is answered. */
  answered(work: Work): void {
    const key = this.#keys.get(work);
    if (key === undefined) return;
    this.#keys.delete(work);
    const alike = this.#alike.get(key);
    if (!alike?.waiting.delete(work)) return;
    if (alike.taken > 0) alike.taken--;
    if (alike.taken >= alike.waiting.size) this.#alike.delete(key);
  }
}

/** The only one whose header lines are most like those of `head`. */
function mostAlike(waiting: ReadonlyMap<Work, HeadLines>, head: HeadLines): Work | undefined {
  let best: Work | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const [work, lines] of waiting) {
    const likeness = lines.likeness(head);
    if (likeness === undefined) return undefined;
    if (likeness === most) best = undefined;
    if (likeness <= most) continue;
    best = work;
    most = likeness;
  }
  return best;
}
