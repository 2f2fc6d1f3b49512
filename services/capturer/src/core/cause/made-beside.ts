import { keep } from './keep.ts';
import type { MadeObjects, Maker } from './made-objects.ts';
import { Thread } from './thread.ts';
import { Trust } from './trust.ts';
import type { Work } from './work.ts';

const PAGE_BYTES = 65_536;
const MAX_PAGES = 4096;
/** Of one page. */
const MAX_MARKS = 256;
const MAX_SOUGHT = 64;
/** What is made for one request, one thing behind the other, lies so near. */
const MAX_STEP = 4096;
const MAX_STEPS = 256;
const MAX_THINGS = 16_384;

/** What lies there was made for that work, or who made it was at that when it had come so far. */
interface Mark {
  readonly address: number;
  readonly work: Work;
  /** An object lies there. */
  readonly isThing: boolean;
}

interface Sought {
  readonly address: number;
  readonly found: (work: Work) => void;
}

interface Page {
  readonly marks: Mark[];
  sought: Sought[];
  /** Things whose maker has made no system call since. */
  open: Mark[];
}

const pageOf = (address: number): number => Math.floor(address / PAGE_BYTES);

/**
 * For which request an object was made, by what was made near it. The same code makes the same objects: what lies as far behind another
 * one as others did that turned out to be for the same request is for that one's, too. Else what its maker made before and behind it without
 * a system call between tells: if that is for one request, so is this. A thread that has read its request itself makes all for that. A
 * virtual thread may have slept meanwhile, with no system call: what it has read counts in programs in which that was right before.
 */
export class MadeBeside {
  readonly #made: MadeObjects;
  readonly #pages = new Map<number, Page>();
  #collections = 0;
  /** By how far one thing lies behind the one before: whether both were for the same request. */
  readonly #steps = new Map<number, Trust>();
  readonly #believed = new Set<number>();
  /** What is known of objects, by their addresses. */
  readonly #things = new Map<number, Work>();
  /** Whether what virtual threads make between two system calls is for what they have read. */
  readonly #virtual = new Trust();

  constructor(made: MadeObjects) {
    this.#made = made;
  }

  /** The object there was made for that work. */
  marks(address: number, work: Work, collections: number): void {
    const { marks, open } = this.#at(address, collections);
    if (this.#things.has(address)) return;
    this.#learns(address, work);
    keep(this.#things, address, work, MAX_THINGS);
    const mark = { address, work, isThing: true };
    if (open.length === MAX_SOUGHT) open.shift();
    open.push(mark);
    this.#mark(mark, marks);
  }

  /** Who has filled its buffer up to that address is at that work. */
  comesTo(address: number, work: Work, collections: number): void {
    this.#mark({ address, work, isThing: false }, this.#at(address, collections).marks);
  }

  #mark(mark: Mark, marks: Mark[]): void {
    if (marks.length === MAX_MARKS) marks.shift();
    marks.push(mark);
    this.#find(mark.address);
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
    if (collections !== this.#collections) {
      this.#pages.clear(); // addresses are other ones
      this.#things.clear();
    }
    this.#collections = collections;
    const page = pageOf(address);
    return this.#pages.get(page) ?? keep(this.#pages, page, { marks: [], sought: [], open: [] }, MAX_PAGES);
  }

  /** What is sought near that address may be known now. */
  #find(address: number): void {
    for (const number of [pageOf(address) - 1, pageOf(address)]) {
      const page = this.#pages.get(number);
      if (page?.open.length) page.open = page.open.filter((mark) => !this.#isTold(mark));
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
    const work = this.#byStep(address) ?? this.#bySpan(address);
    return work?.isAnswered ? undefined : work;
  }

  /** What is known of objects tells how far those of one request lie apart. */
  #learns(address: number, work: Work): void {
    const things = this.#thingsNear(address);
    for (const side of [things.filter((one) => one.address < address), things.filter((one) => one.address > address)]) {
      const distances = side.map((one) => Math.abs(one.address - address));
      const step = Math.min(...distances);
      const nearest = side[distances.indexOf(step)];
      if (nearest === undefined) continue;
      const trust = this.#steps.get(step) ?? keep(this.#steps, step, new Trust(), MAX_STEPS);
      trust.tell(nearest.work === work);
      this.#believed[trust.isBelieved ? 'add' : 'delete'](step);
    }
  }

  /** Whether it is known by now who has made it, which tells of virtual threads whether they made it for what they had read. */
  #isTold({ address, work }: Mark): boolean {
    const span = this.#made.spanOf(address);
    if (span === undefined || span.to === Number.POSITIVE_INFINITY) return false;
    const read = this.#readBy(span.maker);
    if (read) this.#virtual.tell(read === work);
    return true;
  }

  #byStep(address: number): Work | undefined {
    let work: Work | undefined;
    for (const step of this.#believed)
      for (const at of [address - step, address + step]) {
        const found = this.#things.get(at);
        if (found && work && found !== work) return undefined;
        work ??= found;
      }
    return work;
  }

  #thingsNear(address: number): readonly Mark[] {
    const pages = new Set([address - MAX_STEP, address, address + MAX_STEP].map(pageOf));
    const marks = [...pages].flatMap((number) => this.#pages.get(number)?.marks ?? []);
    return marks.filter((mark) => mark.isThing && Math.abs(mark.address - address) <= MAX_STEP);
  }

  /** What the virtual thread has read that ran before and after. */
  #readBy(maker: Maker | undefined): Work | undefined {
    return maker?.isSure && !(maker.unit instanceof Thread) ? maker.work : undefined;
  }

  #bySpan(address: number): Work | undefined {
    const span = this.#made.spanOf(address);
    if (span === undefined) return undefined;
    const { from, to, maker } = span;
    if (!(maker.unit instanceof Thread)) return this.#virtual.isBelieved ? this.#readBy(maker) : undefined;
    let before: Mark | undefined;
    let behind: Mark | undefined;
    for (const number of [pageOf(address) - 1, pageOf(address), pageOf(address) + 1])
      for (const mark of this.#pages.get(number)?.marks ?? []) {
        if (mark.address < from || mark.address > to) continue;
        if (mark.address <= address && mark.address >= (before?.address ?? 0)) before = mark;
        if (mark.address > address && mark.address <= (behind?.address ?? to)) behind = mark;
      }
    const work = before?.work ?? maker.work;
    if (work && behind && work !== behind.work) return undefined;
    if (before && !behind && to === Number.POSITIVE_INFINITY) return undefined; // its maker may go on with something else
    return work ?? behind?.work;
  }
}
