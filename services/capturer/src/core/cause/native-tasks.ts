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
/** Of processes whose threads call for others, and of those that were asked. */
const MAX_KNOWN = 16_384;

interface Process {
  readonly threads: Map<number, HeldAddresses>;
  readonly made: MadeCalls;
}

/**
 * Tasks of programs without a runtime, in C, C++ or Rust, say: a loop reads a request and puts it into a queue, some thread makes the
 * calls, and gives the result back to the loop, which answers. All hold the task in their frames: its address tells for which
 * request a call was. A pool of threads takes tasks, and gives them back, without a system call that would.
 */
export class NativeTasks {
  readonly #processes = new Map<number, Process>();
  /** Processes whose threads make calls though they have not read a request. */
  readonly #calling = new Set<number>();
  readonly #asked = new Set<number>();
  readonly #ask: (pid: number) => void;

  /** @param ask has a process tell what its threads hold */
  constructor(ask: (pid: number) => void) {
    this.#ask = ask;
  }

  /** The thread tells what it holds. */
  holds(event: SyscallEvent): void {
    const { pid, tid } = event;
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
    if (!(unit instanceof Thread) || unit.isLoop || unit.isBusyItself || call.isQueued) return;
    if (this.#calling.size < MAX_KNOWN) this.#calling.add(event.pid);
    const held = this.#heldAt(event);
    if (held) this.#processes.get(event.pid)!.made.add(call, held);
  }

  /** The loop that answers holds the request's task: calls whose threads held that were for it. */
  answers(work: Work, event: SyscallEvent, unit: Unit): void {
    const { pid, timeUs } = event;
    if (!unit.isLoop || work.isQueued || !this.#calling.has(pid)) return;
    if (!this.#asked.has(pid) && this.#asked.size < MAX_KNOWN) {
      this.#asked.add(pid);
      this.#ask(pid);
    }
    const held = this.#heldAt(event);
    if (held === undefined) return;
    this.#processes.get(pid)!.made.answers(work, held, timeUs);
  }

  tick(nowUs: number): void {
    for (const { made } of this.#processes.values()) made.tick(nowUs);
  }

  /** The thread has ended; its process too where it was the last. */
  ended({ pid, tid, otherTid }: SyscallEvent): void {
    this.#processes.get(pid)?.threads.delete(tid);
    if (otherTid !== 0) return;
    this.#processes.get(pid)?.made.decide();
    this.#processes.delete(pid);
    this.#calling.delete(pid);
    this.#asked.delete(pid);
  }
}
