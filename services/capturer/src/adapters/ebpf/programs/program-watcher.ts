import { readdirSync } from 'node:fs';
import type { RunningProgram } from './running-program.ts';
import { runningProgram } from './running-program.ts';

/** Something that is done to programs that run: probes, offsets. Both calls may come for a process more than once. */
export interface Fitting {
  /** The process runs this program. Must not throw: the process may end meanwhile. */
  fit(program: RunningProgram): void;
  ended(pid: number): void;
  /** Now and then. */
  tick?(nowMs: number): void;
}

/** When a process is looked at after its start, ms: at first most have not loaded their libraries yet, but those that have none may be asked something. */
const looksMs = [10, 50, 200, 400, 800, 2000, 6000];
/** All processes are looked at so often: libraries may be loaded at any time. */
const allMs = 30_000;
/** A look costs about 0.1 ms, at a file that is new a hundred times as much. After so long others have their turn, ms. */
const turnMs = 10;
const betweenTurnsMs = 50;

/** Tells fittings of the processes that run, of new ones within a second, and of their end. */
export class ProgramWatcher {
  readonly #fittings: readonly Fitting[];
  /** When to look next at a process that has begun, by `looksMs`. */
  readonly #due = new Map<number, { atMs: number; look: number }>();
  /** Of all that run those that are still to be looked at: when none of the others is due. */
  readonly #rest = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  /** When the next turn is; Infinity: this does not run. */
  #turnAtMs = Number.POSITIVE_INFINITY;
  #allAtMs = 0;
  /** All processes have been looked at once. */
  readonly #first = Promise.withResolvers<void>();
  /** Between two turns: none at the begin, when others wait for this. */
  #pauseMs = 0;

  constructor(fittings: readonly Fitting[]) {
    this.#fittings = fittings;
  }

  /** Processes that are to be looked at again. */
  get waiting(): number {
    return this.#due.size + this.#rest.size;
  }

  /** Begins to look at all processes, and to follow. Resolves when all that run by now have been looked at. */
  start(): Promise<void> {
    this.#turnAt(performance.now());
    return this.#first.promise;
  }

  #turnAt(atMs: number): void {
    this.#turnAtMs = atMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#turn(), Math.max(0, atMs - performance.now()));
  }

  /** The process has begun, or runs another program. */
  began(pid: number): void {
    const atMs = performance.now() + looksMs[0];
    this.#due.set(pid, { atMs, look: 0 });
    if (atMs < this.#turnAtMs && this.#turnAtMs !== Number.POSITIVE_INFINITY) this.#turnAt(atMs);
  }

  ended(pid: number): void {
    this.#due.delete(pid);
    this.#rest.delete(pid);
    for (const fitting of this.#fittings) fitting.ended(pid);
  }

  stop(): void {
    this.#turnAtMs = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
    this.#first.resolve();
  }

  #turn(): void {
    const nowMs = performance.now();
    if (nowMs >= this.#allAtMs) {
      this.#allAtMs = nowMs + allMs;
      for (const fitting of this.#fittings) fitting.tick?.(nowMs);
      for (const pid of allProcesses()) this.#rest.add(pid);
    }
    const isOver = () => performance.now() - nowMs > turnMs;
    let nextMs = this.#allAtMs;
    for (const [pid, { atMs, look }] of this.#due) {
      if (atMs <= nowMs && !isOver()) this.#lookAgain(pid, look, atMs);
      nextMs = Math.min(nextMs, this.#due.get(pid)?.atMs ?? nextMs);
    }
    for (const pid of this.#rest) {
      this.#rest.delete(pid);
      if (!this.#due.has(pid)) this.#look(pid);
      if (isOver()) break; // but one has its turn each time, however many begin
    }
    if (this.#rest.size === 0) {
      this.#first.resolve();
      this.#pauseMs = betweenTurnsMs;
    }
    const soonest = performance.now() + this.#pauseMs;
    this.#turnAt(this.#rest.size > 0 ? soonest : Math.max(nextMs, soonest));
  }

  /** A look at a process that has begun, and when the next one is due. */
  #lookAgain(pid: number, look: number, atMs: number): void {
    this.#look(pid);
    if (look + 1 === looksMs.length) this.#due.delete(pid);
    else this.#due.set(pid, { atMs: atMs + looksMs[look + 1] - looksMs[look], look: look + 1 });
  }

  #look(pid: number): void {
    const program = runningProgram(pid);
    if (program !== undefined) for (const fitting of this.#fittings) fitting.fit(program);
  }
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}
