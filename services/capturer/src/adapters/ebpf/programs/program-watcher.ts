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

/** When a process is looked at after its start, ms: at first most have not loaded their libraries yet. */
const looksMs = [50, 200, 400, 800, 2000, 6000];
/** All processes are looked at so often: libraries may be loaded at any time. */
const allMs = 30_000;
/** A look costs about 0.1 ms: so many in one turn, and then others have theirs. */
const looksPerTurn = 40;
const betweenTurnsMs = 50;

/** Tells fittings of the processes that run, of new ones within a second, and of their end. */
export class ProgramWatcher {
  readonly #fittings: readonly Fitting[];
  /** When to look at a process next, by `looksMs`. */
  readonly #due = new Map<number, { atMs: number; look: number }>();
  #timer: NodeJS.Timeout | undefined;
  /** When the next turn is; Infinity: this does not run. */
  #turnAtMs = Number.POSITIVE_INFINITY;
  #allAtMs = 0;

  constructor(fittings: readonly Fitting[]) {
    this.#fittings = fittings;
  }

  /** Processes that are to be looked at again. */
  get waiting(): number {
    return this.#due.size;
  }

  /** Begins to look at all processes, and to follow. */
  start(): void {
    this.#turnAt(performance.now());
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
    for (const fitting of this.#fittings) fitting.ended(pid);
  }

  stop(): void {
    this.#turnAtMs = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
  }

  #turn(): void {
    const nowMs = performance.now();
    if (nowMs >= this.#allAtMs) {
      this.#allAtMs = nowMs + allMs;
      for (const fitting of this.#fittings) fitting.tick?.(nowMs);
      for (const pid of allProcesses()) {
        if (!this.#due.has(pid)) this.#due.set(pid, { atMs: nowMs, look: looksMs.length });
      }
    }
    let looks = 0;
    let nextMs = this.#allAtMs;
    for (const [pid, { atMs, look }] of this.#due) {
      let againMs = atMs;
      if (atMs <= nowMs && looks++ < looksPerTurn) {
        this.#look(pid);
        againMs += looksMs[look + 1] - looksMs[look];
        if (Number.isNaN(againMs)) {
          this.#due.delete(pid);
          continue;
        }
        this.#due.set(pid, { atMs: againMs, look: look + 1 });
      }
      nextMs = Math.min(nextMs, Math.max(againMs, nowMs + betweenTurnsMs));
    }
    this.#turnAt(nextMs);
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
