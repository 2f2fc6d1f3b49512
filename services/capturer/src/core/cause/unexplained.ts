import type { Call } from './call.ts';
import { keep } from './keep.ts';
import type { Servers } from './servers.ts';

const MAX_PROCESSES = 4096;
/** Of one process. */
const MAX_CALLS = 64;

/** Calls of processes that serve requests, whose cause was not known when they were made: whether it comes out is seen later. */
export class Unexplained {
  readonly #servers: Servers;
  readonly #ask: (pid: number) => void;
  /** By process. */
  readonly #calls = new Map<number, Call[]>();
  readonly #asked = new Set<number>();

  /** @param ask has a process tell more */
  constructor(servers: Servers, ask: (pid: number) => void) {
    this.#servers = servers;
    this.#ask = ask;
  }

  asks(pid: number, call: Call): void {
    if (call.work || this.#asked.has(pid) || !this.#servers.has(pid)) return;
    const calls = this.#calls.get(pid) ?? keep(this.#calls, pid, [], MAX_PROCESSES);
    if (calls.length < MAX_CALLS) calls.push(call);
  }

  /** A request is answered. Of a call that is older than all others nothing more comes out. */
  answered(pid: number): void {
    const calls = this.#calls.get(pid);
    if (calls === undefined) return;
    const open = calls.filter((call) => call.work === undefined);
    if (open.some(({ startUs }) => this.#servers.areAllSince(pid, startUs))) {
      this.#calls.delete(pid);
      if (this.#asked.size >= MAX_PROCESSES) this.#asked.clear();
      this.#asked.add(pid);
      this.#ask(pid);
    } else this.#calls.set(pid, open);
  }

  ended(pid: number): void {
    this.#calls.delete(pid);
    this.#asked.delete(pid);
  }
}
