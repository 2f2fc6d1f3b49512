import { keep } from './keep.ts';
import type { MadeObjects } from './made-objects.ts';
import { Thread } from './thread.ts';
import type { Work } from './work.ts';

const PAGE_BYTES = 65_536;
const MAX_PAGES = 4096;
/** Of one page. */
const MAX_MARKS = 256;
const MAX_SOUGHT = 64;

/** What lies there was made for that work, or who made it was at that when it had come so far. */
interface Mark {
  readonly address: number;
  readonly work: Work;
}

interface Sought {
  readonly address: number;
  readonly found: (work: Work) => void;
}

interface Page {
  readonly marks: Mark[];
  sought: Sought[];
}

const pageOf = (address: number): number => Math.floor(address / PAGE_BYTES);

/**
 * For which request an object was made, by what its maker made before and behind it without a system call between: if that is for one
 * request, so is this. A thread that has read its request itself makes all for that.
 */
export class MadeBeside {
  readonly #made: MadeObjects;
  readonly #pages = new Map<number, Page>();
  #collections = 0;

  constructor(made: MadeObjects) {
    this.#made = made;
  }

  /** What lies at the address was made for that work; or its maker has come so far, and is at it. */
  marks(address: number, work: Work, collections: number): void {
    const page = this.#at(address, collections);
    if (page.marks.length === MAX_MARKS) page.marks.shift();
    page.marks.push({ address, work });
    this.#find(address);
  }

  /** Tells once for what it was made: now, or when that is known. */
  seek(address: number, collections: number, found: (work: Work) => void): void {
    const page = this.#at(address, collections);
    const work = this.#workOf(address);
    if (work) found(work);
    else {
      if (page.sought.length === MAX_SOUGHT) page.sought.shift();
      page.sought.push({ address, found });
    }
  }

  /** A thread goes on that had come so far in its buffer at its last system call. */
  goesOn(top: number, collections: number): void {
    if (collections === this.#collections) this.#find(top);
  }

  #at(address: number, collections: number): Page {
    if (collections !== this.#collections) this.#pages.clear(); // addresses are other ones
    this.#collections = collections;
    const page = pageOf(address);
    return this.#pages.get(page) ?? keep(this.#pages, page, { marks: [], sought: [] }, MAX_PAGES);
  }

  /** What is sought near that address may be known now. */
  #find(address: number): void {
    for (const number of [pageOf(address) - 1, pageOf(address)]) {
      const page = this.#pages.get(number);
      if (!page?.sought.length) continue;
      const { sought } = page;
      page.sought = [];
      for (const one of sought) {
        const work = this.#workOf(one.address);
        if (work) one.found(work);
        else page.sought.push(one);
      }
    }
  }

  #workOf(address: number): Work | undefined {
    const span = this.#made.spanOf(address);
    if (span === undefined) return undefined;
    const { from, to, maker } = span;
    const isAlone = maker.unit instanceof Thread || maker.isSure;
    const isClosed = to < Number.POSITIVE_INFINITY;
    let before: Mark | undefined;
    let behind: Mark | undefined;
    for (const number of [pageOf(address) - 1, pageOf(address), pageOf(address) + 1])
      for (const mark of this.#pages.get(number)?.marks ?? []) {
        if (mark.address < from || mark.address > to) continue;
        if (mark.address <= address && mark.address >= (before?.address ?? 0)) before = mark;
        if (mark.address > address && mark.address <= (behind?.address ?? to)) behind = mark;
      }
    if (before === undefined && maker.work === undefined && !isAlone) return undefined;
    const work = before?.work ?? maker.work;
    if (work && behind && work !== behind.work) return undefined;
    // Its maker may go on with something else, or its carrier with another virtual thread.
    if (work && !behind && !(before ? isClosed : isAlone)) return undefined;
    const known = work ?? behind?.work;
    return known?.isAnswered ? undefined : known;
  }
}
