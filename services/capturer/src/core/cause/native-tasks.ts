import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import { HeldAddresses } from './held-addresses.ts';
import { keep } from './keep.ts';
import { MadeCalls } from './made-calls.ts';
import { Thread } from './thread.ts';
import type { Unit } from './unit.ts';
import type { Work } from './work.ts';

/** So many processes tell what they hold, and so many of their threads. */
const MAX_PROCESSES = 64;
const MAX_THREADS = 256;
/** Of processes that were asked. */
const MAX_KNOWN = 16_384;
/** After so much it is known whether threads of a process call for others. */
const TRIAL = 1024;

interface Process {
  readonly threads: Map<number, HeldAddresses>;
  readonly made: MadeCalls;
}

/** What is known of a process that was asked to tell what its threads hold. */
interface Asked {
  /** Its threads make calls though they have not read a request. */
  calls: boolean;
  /** It has told something, or was asked though it may have one thread alone. */
  tells: boolean;
  told: number;
}

/** Has threads of a process tell what they hold, or no more; `mayBeAlone`: also where it has one thread. */
export type AskAddresses = (pid: number, isAsked: boolean, mayBeAlone?: boolean) => void;

/**
 * Tasks of programs without a runtime, in C, C++ or Rust, say: a loop reads a request and puts it into a queue, some thread makes the
 * calls, and gives the result back to the loop, which answers. All hold the task in their frames: its address tells for which
 * request a call was. A pool of threads takes tasks, and gives them back, without a system call that would. Who accepts a connection, is asked
 * something, or calls so is asked at once, on trial, since the first requests count, too.
 */
export class NativeTasks {
  readonly #processes = new Map<number, Process>();
  readonly #asked = new Map<number, Asked>();
  readonly #ask: AskAddresses;

  constructor(ask: AskAddresses) {
    this.#ask = ask;
  }

  /** The process takes a connection, or a request. */
  serves({ pid, goid }: SyscallEvent): void {
    if (goid === 0 && !this.#asked.has(pid)) this.#try(pid);
  }

  #try(pid: number): Asked {
    this.#ask(pid, true);
    return this.#asked.get(pid) ?? keep(this.#asked, pid, { calls: false, tells: false, told: 0 }, MAX_KNOWN);
  }

  /** The turns of its loop do not tell: what that holds may, also where it is the only thread. */
  #tryAlone(pid: number): void {
    const asked = this.#asked.get(pid)!;
    if (asked.tells) return;
    asked.tells = true;
    this.#ask(pid, true, true);
  }

  /** The thread tells what it holds. */
  holds(event: SyscallEvent): void {
    const { pid, tid } = event;
    const asked = this.#asked.get(pid);
    if (asked) {
      asked.told++;
      asked.tells = true;
    }
    let process = this.#processes.get(pid);
    if (process === undefined) {
      if (this.#processes.size >= MAX_PROCESSES) return;
      this.#processes.set(pid, (process = { threads: new Map(), made: new MadeCalls() }));
    }
    keep(process.threads, tid, new HeldAddresses(event), MAX_THREADS);
  }

  /** What the thread holds at this very system call. */
  #heldAt({ pid, tid, timeUs }: SyscallEvent): HeldAddresses | undefined {
    const held = this.#processes.get(pid)?.threads.get(tid);
    return held?.timeUs === timeUs ? held : undefined;
  }

  asks(call: Call, event: SyscallEvent, unit: Unit): void {
    if (!(unit instanceof Thread) || unit.tellsIds || (!unit.isLoop && unit.isBusyItself) || call.isQueued) return;
    const { pid } = event;
    if (!this.#asked.get(pid)?.calls) this.#try(pid).calls = true;
    if (unit.isLoop && call.work === undefined && !call.isOnly) this.#tryAlone(pid);
    const held = this.#heldAt(event);
    if (held) this.#processes.get(pid)!.made.add(call, held, unit);
  }

  /** Who answers holds the request's task: calls whose threads held that were for it. */
  answers(work: Work, event: SyscallEvent): void {
    const { pid, timeUs } = event;
    const process = this.#processes.get(pid);
    if (work.isQueued || !process || !this.#asked.get(pid)?.calls) return;
    const held = this.#heldAt(event);
    if (held) process.made.answers(work, held, timeUs);
  }

  tick(nowUs: number): void {
    for (const [pid, { made }] of this.#processes) {
      made.tick(nowUs);
      const asked = this.#asked.get(pid);
      if (asked === undefined || asked.told < TRIAL || !made.isNeedless) continue;
      asked.told = 0;
      made.decide();
      this.#ask(pid, false);
      this.#processes.delete(pid);
    }
  }

  /** The thread has ended; its process too where it was the last. */
  ended({ pid, tid, otherTid }: SyscallEvent): void {
    this.#processes.get(pid)?.threads.delete(tid);
    if (otherTid !== 0) return;
    this.#processes.get(pid)?.made.decide();
    this.#processes.delete(pid);
    this.#asked.delete(pid);
  }
}
