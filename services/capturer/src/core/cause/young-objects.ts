import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { pageOf, V8_PAGE_BYTES } from '../syscalls/v8-page.ts';
import type { Activity } from './activity.ts';
import { keep } from './keep.ts';

/** Stretches of one page that are remembered; of the rest nothing is known. */
const MAX_SPANS = 16_384;
/** Pages of which something was learnt, and stretches of one page. */
const MAX_LEARNT = 256;
/** Objects that a collection moved, and that are looked for afterwards. */
const MAX_MOVED = 65_536;

/** Objects in one stretch of memory: made in one activity, or nobody knows in which. */
export interface Span {
  readonly from: number;
  to: number;
  readonly maker: Activity | undefined;
}

/**
 * In which activity of a loop an object was made, by its address: V8 makes young objects one behind the other, and each system
 * call tells how far it has come. All is forgotten when a collection of garbage has moved them.
 */
export class YoungObjects {
  readonly #pages = new Map<number, Span[]>();
  /** Those of which it was found later who has made what is in them, in any order. */
  readonly #learnt = new Map<number, Span[]>();
  /** Those that were moved, and where they are now. */
  #moved = new Map<number, Activity>();
  #movedNext = new Map<number, Activity>();
  /** Those of them that one of several has made. */
  #several = new Set<number>();
  #severalNext = new Set<number>();
  #collections = -1;
  #spans = 0;
  #top = 0;
  /** How far it had come at its last system call was not to be seen. */
  #isTorn = false;

  /** What was made since the loop acted last, which may be in one page and the begin of another, was made in that activity. */
  made({ heapStart, heapTop, collections }: SyscallEvent, only: Activity | undefined): void {
    const maker = this.#isTorn ? undefined : only;
    this.#isTorn = heapTop === 0;
    if (heapTop === 0) return;
    if (collections !== this.#collections || this.#spans > MAX_SPANS) this.#forget(collections);
    else if (pageOf(this.#top) === pageOf(heapTop)) this.#add(this.#top, heapTop, maker);
    else {
      this.#add(this.#top, (pageOf(this.#top) + 1) * V8_PAGE_BYTES, maker);
      this.#add(heapStart, heapTop, maker);
    }
    this.#top = heapTop;
  }

  #add(from: number, to: number, maker: Activity | undefined): void {
    if (to <= from) return;
    const page = pageOf(from);
    const spans = this.#pages.get(page);
    const last = spans?.at(-1);
    this.#spans++;
    if (spans === undefined) this.#pages.set(page, [{ from, to, maker }]);
    else if (last!.from < from) {
      last!.to = Math.min(last!.to, from); // the rest of that page was not used up
      spans.push({ from, to, maker });
    }
  }

  /** Whether it was made since the loop acted last before that event. */
  isNew(address: number, { heapStart, heapTop, collections }: SyscallEvent): boolean {
    if (collections !== this.#collections) return false;
    if (pageOf(this.#top) === pageOf(heapTop)) return address >= this.#top && address < heapTop;
    const isBehind = pageOf(address) === pageOf(this.#top) && address >= this.#top;
    return isBehind || (address >= heapStart && address < heapTop);
  }

  /** Objects are moved: pairs of old and new addresses. The next event tells of another collection. */
  moved({ bytes, start, end }: SyscallEvent): void {
    const pairs = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    for (let at = 0; at + 16 <= pairs.byteLength && this.#movedNext.size < MAX_MOVED; at += 16) {
      const [before, after] = [pairs.getFloat64(at, true), pairs.getFloat64(at + 8, true)];
      const maker = this.makerOf(before);
      if (maker && !maker.work?.isAnswered) this.#movedNext.set(after, maker);
      if (!maker && this.#severalNext.size < MAX_MOVED && this.isOfSeveral(before)) this.#severalNext.add(after);
    }
  }

  /** Undefined where that is not known. */
  makerOf(address: number): Activity | undefined {
    return this.#spanOf(address)?.maker ?? this.#learntOf(address) ?? this.#moved.get(address);
  }

  /** Who has made the objects in those places. */
  learn(spans: readonly Span[]): void {
    for (const span of spans) {
      const page = this.#learnt.get(pageOf(span.from)) ?? keep(this.#learnt, pageOf(span.from), [], MAX_LEARNT);
      if (page.length < MAX_LEARNT) page.push(span);
    }
  }

  #learntOf(address: number): Activity | undefined {
    return this.#learnt.get(pageOf(address))?.find(({ from, to }) => from <= address && address < to)?.maker;
  }

  /** It was made by one of several. */
  isOfSeveral(address: number): boolean {
    const span = this.#spanOf(address);
    if (span === undefined) return this.#several.has(address);
    return span.maker === undefined && this.#learntOf(address) === undefined;
  }

  #spanOf(address: number): Span | undefined {
    const spans = this.#pages.get(pageOf(address)) ?? [];
    let [low, high] = [0, spans.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (spans[middle].to <= address) low = middle + 1;
      else high = middle;
    }
    return low < spans.length && spans[low].from <= address ? spans[low] : undefined;
  }

  #forget(collections: number): void {
    this.#collections = collections;
    this.#pages.clear();
    this.#learnt.clear();
    this.#spans = 0;
    this.#moved = this.#movedNext;
    this.#movedNext = new Map();
    this.#several = this.#severalNext;
    this.#severalNext = new Set();
  }
}
