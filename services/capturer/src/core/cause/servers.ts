import type { Work } from './work.ts';

/** More processes than a host can have. */
const MAX_SERVERS = 1 << 22;

/** Processes that are asked. */
export class Servers {
  /** Those that were ever asked something. */
  readonly #asked = new Set<number>();
  /** The requests that each has to answer, in the order in which they came. */
  readonly #open = new Map<number, Set<Work>>();

  /** The process reads what may be a request. */
  reads(pid: number): void {
    if (this.#asked.size >= MAX_SERVERS) this.#asked.delete(this.#asked.keys().next().value!);
    this.#asked.add(pid);
  }

  has(pid: number): boolean {
    return this.#asked.has(pid);
  }

  /** It has one request to answer, no other. */
  hasOne(pid: number): boolean {
    return this.#open.get(pid)?.size === 1;
  }

  /** That one is all that the process has to answer, whether or not it is recognized by now. */
  hasOnly(pid: number, { request, isAnswered }: Work): boolean {
    return !isAnswered && (this.#open.get(pid)?.size ?? 0) === (request === null ? 0 : 1);
  }

  /** Whether all that it has to answer has come since. */
  areAllSince(pid: number, timeUs: number): boolean {
    const [oldest] = this.#open.get(pid) ?? [];
    return oldest === undefined || oldest.startUs > timeUs;
  }

  asked(pid: number, work: Work): void {
    const open = this.#open.get(pid);
    if (open) open.add(work);
    else this.#open.set(pid, new Set([work]));
  }

  answered(pid: number, work: Work): void {
    const open = this.#open.get(pid);
    open?.delete(work);
    if (open?.size === 0) this.#open.delete(pid);
  }

  ended(pid: number): void {
    this.#asked.delete(pid);
    this.#open.delete(pid);
  }
}
