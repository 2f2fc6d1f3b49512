import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { isOwn } from './rules.ts';
import type { Unit } from './unit.ts';
import type { Work } from './work.ts';

/** Objects in one stretch of memory, made by one unit for one thing. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly maker: Maker;
}

/** Who made an object. */
export interface Maker {
  readonly unit: Unit;
  /** For which request; undefined where that is not known. */
  readonly work: Work | undefined;
  /** Before and after it, the thread ran that unit; else, where it runs virtual threads, another one may have had its turn since. */
  readonly isSure: boolean;
  /** The higher the later it was made. */
  readonly order: number;
}

/** A thread's allocation buffer: it is filled from its start to its end. */
interface Buffer {
  readonly start: number;
  readonly end: number;
  /** From here on the unit that acted last makes objects. */
  top: number;
  unit: Unit;
  /** How many system calls there had been when that one acted; and when the one before it did. */
  order: number;
  before: number;
  readonly spans: Span[];
}

/** An object in memory of which it is not known yet whose it is. */
interface Sought {
  readonly address: number;
  readonly found: (maker: Maker) => void;
}

const PAGE_BYTES = 65_536;
/** Larger buffers are not followed. */
const MAX_PAGES = 1024;
/** Of a process; the oldest buffers go, those of a busy one are many. */
const MAX_BUFFERS = 2048;
const MAX_SPANS = 32_768;
/** Of one buffer: virtual threads share few. */
const MAX_BUFFER_SPANS = 2048;
const MAX_SOUGHT = 256;

const pagesOf = ({ start, end }: Buffer): number[] =>
  [start, end - 1].map((address) => Math.floor(address / PAGE_BYTES));

/** Whose turn it is that was given something to do is known at its system calls alone: it may have begun with the next since. */
const makerOf = (unit: Unit, isSure: boolean, order: number): Maker => ({
  unit,
  work: unit.isBusy && isOwn(unit.rule) && unit.isOnItsOwn ? unit.work : undefined,
  isSure,
  order,
});

/**
 * Who made which object of one process, by its address: a thread makes objects one behind the other in a buffer of its own, and each
 * system call tells how far it has come. What lies between two of them was made between these. All is forgotten when a
 * collection of garbage may have moved objects.
 */
export class MadeObjects {
  #collections = 0;
  /** What each thread fills at present. */
  readonly #current = new Map<number, Buffer>();
  /** Buffers by the pages that they lie in. */
  readonly #pages = new Map<number, Buffer[]>();
  /** The oldest first, and how many spans are in them. */
  readonly #buffers = new Set<Buffer>();
  #spans = 0;
  /** System calls so far. */
  #acts = 0;
  #sought: Sought[] = [];

  /** The unit makes a system call on that thread; what it is for is not known yet. */
  acts({ tid, bufferStart, bufferTop, bufferEnd, collections }: SyscallEvent, unit: Unit): void {
    if (collections !== this.#collections) this.#forget(collections);
    const order = ++this.#acts;
    const before = this.#current.get(tid);
    if (before?.start === bufferStart && before.top <= bufferTop) {
      this.#add(before, before.top, bufferTop, unit);
      before.top = bufferTop;
      before.unit = unit;
      before.before = before.order;
      before.order = order;
      return;
    }
    const place = { start: bufferStart, end: bufferEnd, top: bufferTop };
    const buffer: Buffer = { ...place, unit, order, before: before?.order ?? 0, spans: [] };
    if (before) {
      this.#add(before, before.top, before.end, unit);
      before.top = before.end;
    }
    this.#current.set(tid, buffer);
    this.#register(buffer);
    if (before) this.#add(buffer, bufferStart, bufferTop, unit, before);
    this.#find(buffer);
  }

  /** Who acted last on that thread. */
  lastOn(tid: number): Unit | undefined {
    return this.#current.get(tid)?.unit;
  }

  /** How far it had come in its buffer then; 0: not known. */
  topOf(tid: number): number {
    return this.#current.get(tid)?.top ?? 0;
  }

  /** Whether the unit that acts on that thread has made the object since it acted there before. */
  isNew(address: number, tid: number): boolean {
    const maker = this.makerOf(address);
    return maker?.isSure === true && maker.order === this.#current.get(tid)?.before;
  }

  /** Undefined where it is not known, or not yet. */
  makerOf(address: number): Maker | undefined {
    return this.spanOf(address)?.maker;
  }

  /** What was made between two system calls of its maker; without end if that has made none since. */
  spanOf(address: number): Span | undefined {
    for (const { start, end, top, unit, order, spans } of this.#pages.get(Math.floor(address / PAGE_BYTES)) ?? []) {
      if (address < start || address >= end) continue;
      if (address >= top) return { from: top, to: Number.POSITIVE_INFINITY, maker: makerOf(unit, false, order) };
      return spans.findLast(({ from, to }) => address >= from && address < to);
    }
    return undefined;
  }

  /** Tells once who made it: now, or when the thread that did acts again. */
  seek(address: number, found: (maker: Maker) => void): void {
    const maker = this.makerOf(address);
    if (maker) found(maker);
    else {
      if (this.#sought.length === MAX_SOUGHT) this.#sought.shift();
      this.#sought.push({ address, found });
    }
  }

  /** Who acts now, and what had been filled when somebody acted last on that thread. */
  #add(buffer: Buffer, from: number, to: number, now: Unit, last: Buffer = buffer): void {
    if (to <= from || !this.#buffers.has(buffer)) return;
    const maker = makerOf(last.unit, last.unit === now, last.order);
    if (buffer.spans.length === MAX_BUFFER_SPANS) buffer.spans.shift();
    else if (++this.#spans > MAX_SPANS) this.#forgetOldest();
    buffer.spans.push({ from, to, maker });
  }

  /** Objects that are sought may lie in a buffer that was not known before, in what is filled of it. */
  #find({ start, top, spans }: Buffer): void {
    const maker = spans.at(-1)?.maker;
    const isIn = ({ address }: Sought): boolean => address >= start && address < top;
    if (maker === undefined || !this.#sought.some(isIn)) return;
    const found = this.#sought.filter(isIn);
    this.#sought = this.#sought.filter((one) => !isIn(one));
    for (const one of found) one.found(maker);
  }

  #register(buffer: Buffer): void {
    const [first, last] = pagesOf(buffer);
    if (last - first >= MAX_PAGES) return;
    if (this.#buffers.size === MAX_BUFFERS) this.#forgetOldest();
    this.#buffers.add(buffer);
    for (let page = first; page <= last; page++) {
      const known = this.#pages.get(page);
      if (known) known.push(buffer);
      else this.#pages.set(page, [buffer]);
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#buffers;
    this.#buffers.delete(oldest);
    this.#spans -= oldest.spans.length;
    const [first, last] = pagesOf(oldest);
    for (let page = first; page <= last; page++) {
      const others = this.#pages.get(page)!.filter((one) => one !== oldest);
      if (others.length > 0) this.#pages.set(page, others);
      else this.#pages.delete(page);
    }
  }

  #forget(collections: number): void {
    this.#collections = collections;
    this.#current.clear();
    this.#pages.clear();
    this.#buffers.clear();
    this.#spans = 0;
    this.#sought = [];
  }
}
