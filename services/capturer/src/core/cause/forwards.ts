import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Alike } from './alike.ts';
import type { Call } from './call.ts';
import { ForwardOrder, type Turn } from './forward-order.ts';
import { HeadLines } from './head-lines.ts';
import { remove } from './remove.ts';
import type { Work } from './work.ts';

/** Proxies whose loop reads first and writes later, in an order of its own: whose turn it is tells nothing. */
const readsFirst: ReadonlySet<string> = new Set(['haproxy', 'envoy', 'cilium-envoy']);

/** Requests with the same method and path, and their header lines. */
class Forwarded extends Alike<Map<Work, HeadLines>> {
  /** Of those that do not wait any more one was known by its place alone: so are those that are left. */
  isSurmised = false;
}

/** How a request or a call of such a proxy begins, and in which turn. */
interface Begin {
  readonly head: HeadLines;
  readonly turn: Turn;
}

/**
 * What a proxy passes on, recognized by method and path, and by its header lines where several wait that are alike in that;
 * where these are the same, too, by its place in the turn. It passes on each request once.
 */
export class Forwards {
  readonly #alike = new Map<string, Forwarded>();
  readonly #keys = new Map<Work, string>();
  readonly #begins = new WeakMap<ProcessRequest, Begin>();
  readonly #order = new ForwardOrder();

  /** A request or a call begins, in the bytes of that event. Whether a process that reads first makes it. */
  starts(request: ProcessRequest, event: SyscallEvent): boolean {
    if (!readsFirst.has(event.process)) return false;
    const head = new HeadLines(event.bytes, event.start, event.end);
    this.#begins.set(request, { head, turn: this.#order.turnOf(event) });
    return true;
  }

  /** A connection is made for something that is passed on. */
  connects(event: SyscallEvent): void {
    if (readsFirst.has(event.process)) this.#order.connects(event);
  }

  /** A request has come that may be passed on. */
  asked(request: ProcessRequest, work: Work): void {
    const begin = this.#begins.get(request);
    if (begin === undefined) return;
    const key = keyOf(request);
    let alike = this.#alike.get(key);
    if (alike === undefined) this.#alike.set(key, (alike = new Forwarded(new Map())));
    alike.waiting.set(work, begin.head);
    begin.turn.asked.push(work);
    this.#keys.set(work, key);
  }

  /** A request was passed on as that call; gives which one, undefined where that is not sure. */
  passedOn(call: Call): Work | undefined {
    const { request } = call;
    const begin = this.#begins.get(request);
    if (begin === undefined) return undefined;
    const { head, turn } = begin;
    const key = keyOf(request);
    const alike = this.#alike.get(key);
    if (alike === undefined) return undefined;
    const { waiting } = alike;
    const next = this.#order.next(request, turn, waiting);
    const trust = this.#order.trustIn(request.pid);
    let work = waiting.size === 1 ? waiting.keys().next().value : mostAlike(waiting, head);
    if (work === undefined) {
      call.surmise = { work: next, trust };
      if (trust.isBelieved) work = next;
      alike.isSurmised ||= work !== undefined;
    } else if (alike.isSurmised) call.surmise = { work, trust };
    else if (next && waiting.size > 1) trust.tell(work === next);
    remove(turn.asked, work ?? next);
    alike.passesOn(work);
    if (alike.isDone) this.#alike.delete(key);
    return work;
  }

  /** Whether such a proxy reads or writes it: in whose turn tells nothing. */
  isOfProxy(request: ProcessRequest): boolean {
    return this.#begins.has(request);
  }

  /** The request is answered. */
  answered(work: Work): void {
    const key = this.#keys.get(work);
    if (key === undefined) return;
    this.#keys.delete(work);
    const alike = this.#alike.get(key);
    alike?.answered(work);
    if (alike?.isDone) this.#alike.delete(key);
  }

  /** The process has ended. */
  ended(pid: number): void {
    this.#order.ended(pid);
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
