import type { Call } from './call.ts';
import { keep } from './keep.ts';
import type { Servers } from './servers.ts';

const MAX_PROCESSES = 4096;
/** Of one process. */
const MAX_CALLS = 64;
/** After so many requests in which no queue was of use a process need not tell of its own any more. */
const TRIAL = 512;

/** Has a process tell what its queues pass on, or no more. */
export type AskQueues = (pid: number, isAsked: boolean) => void;

/** What is known of a process that serves requests. */
interface Watched {
  /** Calls whose cause was not known when they were made, while it tells nothing of queues. */
  calls: Call[];
  tells: boolean;
  /** Requests since it was asked, or since a queue was of use. */
  answered: number;
  /** Whether it was asked because of such calls; that is tried once. */
  wasAskedAgain: boolean;
}

/**
 * Which processes tell what their queues pass on: those that serve requests, for a start. It costs a microsecond each time, and an event
 * loop keeps its callbacks in a queue, too: so they are not asked any more where that is of no use, until the cause of a call does not
 * come out.
 */
export class QueueWatch {
  readonly #servers: Servers;
  readonly #ask: AskQueues;
  readonly #watched = new Map<number, Watched>();

  constructor(servers: Servers, ask: AskQueues) {
    this.#servers = servers;
    this.#ask = ask;
  }

  /** A process takes a connection, or a request on one that it had before. */
  serves(pid: number): void {
    if (this.#watched.has(pid)) return;
    keep(this.#watched, pid, { calls: [], tells: true, answered: 0, wasAskedAgain: false }, MAX_PROCESSES);
    this.#ask(pid, true);
  }

  /** Something out of a queue tells for whom the process works. */
  isOfUse(pid: number): void {
    const process = this.#watched.get(pid);
    if (process) process.answered = 0;
  }

  calls(pid: number, call: Call): void {
    if (call.work || !this.#servers.has(pid)) return;
    this.serves(pid); // who is sent messages by a broker takes no connections
    const { tells, calls, wasAskedAgain } = this.#watched.get(pid)!;
    if (!tells && !wasAskedAgain && calls.length < MAX_CALLS) calls.push(call);
  }

  /** A request is answered. Of a call that is older than all others nothing more comes out. */
  answered(pid: number): void {
    const process = this.#watched.get(pid);
    if (process === undefined) return;
    if (process.tells) {
      if (++process.answered > TRIAL) this.#tells(pid, process, false);
      return;
    }
    if (process.calls.length === 0) return;
    process.calls = process.calls.filter((call) => call.work === undefined);
    if (!process.calls.some(({ startUs }) => this.#servers.areAllSince(pid, startUs))) return;
    process.wasAskedAgain = true;
    this.#tells(pid, process, true);
  }

  #tells(pid: number, process: Watched, isAsked: boolean): void {
    process.tells = isAsked;
    process.answered = 0;
    process.calls = [];
    this.#ask(pid, isAsked);
  }

  ended(pid: number): void {
    this.#watched.delete(pid);
  }
}
