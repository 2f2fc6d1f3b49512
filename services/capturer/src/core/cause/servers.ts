import type { Work } from './work.ts';

/** More processes than a host can have. */
const MAX_SERVERS = 1 << 22;

/** Processes that are asked. */
export class Servers {
  /** Those that were ever asked something. */
  readonly #asked = new Set<number>();
  /** How many requests each has to answer. */
  readonly #open = new Map<number, number>();

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
    return this.#open.get(pid) === 1;
  }

  /** That one is all that the process has to answer, whether or not it is recognized by now. */
  hasOnly(pid: number, { request, isAnswered }: Work): boolean {
    return !isAnswered && (this.#open.get(pid) ?? 0) === (request === null ? 0 : 1);
  }

  asked(pid: number): void {
    this.#open.set(pid, (this.#open.get(pid) ?? 0) + 1);
  }

  answered(pid: number): void {
    const open = (this.#open.get(pid) ?? 0) - 1;
    if (open > 0) this.#open.set(pid, open);
    else this.#open.delete(pid);
  }

  ended(pid: number): void {
    this.#asked.delete(pid);
  }
}
