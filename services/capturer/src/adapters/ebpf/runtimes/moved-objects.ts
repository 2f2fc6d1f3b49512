import type { SyscallEvent } from '../../../core/syscalls/syscall-event.ts';
import { pageOf, V8_PAGE_BYTES } from '../../../core/syscalls/v8-page.ts';
import { ProcessMemory } from './process-memory.ts';

const MAX_PROCESSES = 1024;
/** Where it fills more between two system calls on sockets, it does something else than to answer requests: looking is too dear. */
const MOST_BYTES_PER_CALL = 65_536;
/** A program that has just begun fills more, in pages that are few: so many are looked at then. */
const BEGIN_COLLECTIONS = 32;
const BEGIN_PAGES = 16;
/** Addresses of program files, libraries and stacks are higher; an object that has not been moved begins with a tagged pointer. */
const MAX_ADDRESS_HIGH = 0x7f00;
/** Fewer objects are moved to a page of old ones, most often. */
const MANY = 16;
const TAG_BITS = 3;
const TAG = 1;

/** What one process has filled since garbage was collected last. */
interface Filled {
  collections: number;
  calls: number;
  pages: Set<number>;
}

/**
 * Where objects of Node.js have gone when garbage was collected: V8's scavenger leaves in each object's first word its new address,
 * and does not use that memory again until the next collection.
 */
export class MovedObjects {
  readonly #filled = new Map<number, Filled>();
  readonly #begun: (pid: number) => number | undefined;
  readonly #page = Buffer.alloc(V8_PAGE_BYTES);
  readonly #words = new Uint32Array(this.#page.buffer, this.#page.byteOffset, V8_PAGE_BYTES >>> 2);

  /** @param begun how many collections the process has begun by now */
  constructor(begun: (pid: number) => number | undefined) {
    this.#begun = begun;
  }

  /**
   * Old and new addresses, one behind the other, of objects that were moved before that event; undefined: none are known. Once the
   * next collection has begun that memory tells of other objects.
   */
  before({ pid, heapTop, collections }: SyscallEvent): Float64Array | undefined {
    const filled = this.#of(pid, collections);
    let moved: number[] | undefined;
    if (collections !== filled.collections) {
      if (collections === filled.collections + 1) moved = this.#moved(pid, filled);
      if (this.#begun(pid) !== collections) moved = undefined;
      filled.collections = collections;
      filled.calls = 0;
      filled.pages = pagesOfMany(moved ?? []);
    }
    filled.calls++;
    filled.pages.add(pageOf(heapTop));
    return moved && Float64Array.from(moved);
  }

  ended(pid: number): void {
    this.#filled.delete(pid);
  }

  #of(pid: number, collections: number): Filled {
    const known = this.#filled.get(pid);
    if (known) return known;
    if (this.#filled.size >= MAX_PROCESSES) this.#filled.clear();
    const filled = { collections, calls: 0, pages: new Set<number>() };
    this.#filled.set(pid, filled);
    return filled;
  }

  #moved(pid: number, { collections, calls, pages }: Filled): number[] | undefined {
    const isBegin = collections < BEGIN_COLLECTIONS && pages.size <= BEGIN_PAGES;
    if (!isBegin && pages.size * V8_PAGE_BYTES > calls * MOST_BYTES_PER_CALL) return undefined;
    const memory = ProcessMemory.open(pid);
    if (memory === undefined) return undefined;
    const moved: number[] = [];
    for (const page of pages)
      if (memory.readInto(this.#page, page * V8_PAGE_BYTES)) this.#forwardings(page * V8_PAGE_BYTES, moved);
    const there = onMappedPages(memory, moved);
    memory.close();
    return there;
  }

  /** A word that is an address where a tagged one is expected; small integers have nothing in their lower half. */
  #forwardings(from: number, moved: number[]): void {
    const words = this.#words;
    for (let i = 0; i < words.length; i += 2) {
      const [low, high] = [words[i], words[i + 1]];
      if ((low & TAG_BITS) !== 0 || low === 0 || high === 0 || high >= MAX_ADDRESS_HIGH) continue;
      moved.push(from + 4 * i + TAG, high * 4_294_967_296 + low + TAG);
    }
  }
}

/** Of pairs of words and what seem to be new addresses: bytes of a text, say, seem to be one too, but lead nowhere. */
function onMappedPages(memory: ProcessMemory, pairs: readonly number[]): number[] {
  const word = new Uint8Array(8);
  const mapped = new Map<number, boolean>();
  const found: number[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const page = pageOf(pairs[i + 1]);
    let isMapped = mapped.get(page);
    if (isMapped === undefined) mapped.set(page, (isMapped = memory.readInto(word, page * V8_PAGE_BYTES)));
    if (isMapped) found.push(pairs[i], pairs[i + 1]);
  }
  return found;
}

/** Pages that many were moved to: the young ones among these are moved once more. */
function pagesOfMany(pairs: readonly number[]): Set<number> {
  const counts = new Map<number, number>();
  for (let i = 1; i < pairs.length; i += 2) counts.set(pageOf(pairs[i]), (counts.get(pageOf(pairs[i])) ?? 0) + 1);
  return new Set([...counts].flatMap(([page, count]) => (count >= MANY ? [page] : [])));
}
