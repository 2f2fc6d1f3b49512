import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { HeadLines } from './head-lines.ts';
import type { Work } from './work.ts';

/** Proxies whose loop reads first and writes later, in an order of its own: whose turn it is tells nothing. */
const readsFirst: ReadonlySet<string> = new Set(['haproxy']);

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
  /** Of requests and calls of such proxies. */
  readonly #heads = new WeakMap<ProcessRequest, HeadLines>();

  /** A request or a call begins, in the bytes of that event. Whether a process that reads first makes it. */
  starts(request: ProcessRequest, { process, bytes, start, end }: SyscallEvent): boolean {
    if (!readsFirst.has(process)) return false;
    this.#heads.set(request, new HeadLines(bytes, start, end));
    return true;
  }

  /** A request has come that may be passed on. */
  asked(request: ProcessRequest, work: Work): void {
    const head = this.#heads.get(request);
    if (head === undefined) return;
    const key = keyOf(request);
    let alike = this.#alike.get(key);
    if (alike === undefined) this.#alike.set(key, (alike = { waiting: new Map(), taken: 0 }));
    alike.waiting.set(work, head);
    this.#keys.set(work, key);
  }

  /** A request was passed on; gives which one, undefined where that is not sure. */
  passedOn(request: ProcessRequest): Work | undefined {
    const head = this.#heads.get(request);
    if (head === undefined) return undefined;
    const key = keyOf(request);
    const alike = this.#alike.get(key);
    if (alike === undefined) return undefined;
    const work = alike.waiting.size === 1 ? alike.waiting.keys().next().value : mostAlike(alike.waiting, head);
    if (work) alike.waiting.delete(work);
    else alike.taken++;
    if (alike.taken >= alike.waiting.size) this.#alike.delete(key);
    return work;
  }

  /** Whether such a proxy reads or writes it: in whose turn tells nothing. */
  isOfProxy(request: ProcessRequest): boolean {
    return this.#heads.has(request);
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

const keyOf = ({ pid, exchange }: ProcessRequest): string =>
  `${pid} ${exchange.request_type} ${exchange.request_resource}`;

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
