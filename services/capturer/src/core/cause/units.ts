import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Unit } from './unit.ts';

const MAX_UNITS = 200_000;
/** What has made no system call for so long starts anew. */
const FORGET_US = 300e6;

/** Threads and goroutines by their ids, forgotten when they end or are silent for long. */
export class Units {
  readonly #threads = new Map<number, Unit>();
  /** By `pid:goid`. */
  readonly #goroutines = new Map<string, Unit>();

  /** Who does what the event says. A goroutine seen for the first time begins with what its parent works on. */
  of(event: SyscallEvent): Unit {
    const { pid, tid, goid, parentGoid, timeUs } = event;
    if (goid === 0) return this.thread(tid, timeUs);
    const key = `${pid}:${goid}`;
    const known = this.#goroutines.get(key);
    if (known) return known;
    const unit = add(this.#goroutines, key, new Unit(true), timeUs);
    const parent = parentGoid === 0 ? undefined : this.#goroutines.get(`${pid}:${parentGoid}`);
    if (parent?.isBusy) unit.turnTo(parent.work, 'goroutine_start');
    return unit;
  }

  thread(tid: number, timeUs: number): Unit {
    return this.#threads.get(tid) ?? add(this.#threads, tid, new Unit(false), timeUs);
  }

  ended(tid: number): void {
    this.#threads.delete(tid);
  }

  tick(nowUs: number): void {
    forget(this.#threads, nowUs - FORGET_US);
    forget(this.#goroutines, nowUs - FORGET_US);
  }
}

/** Where there is no room the oldest goes. */
function add<K>(units: Map<K, Unit>, key: K, unit: Unit, timeUs: number): Unit {
  if (units.size >= MAX_UNITS) units.delete(units.keys().next().value as K);
  unit.seenUs = timeUs;
  units.set(key, unit);
  return unit;
}

function forget<K>(units: Map<K, Unit>, beforeUs: number): void {
  for (const [key, unit] of units) if (unit.seenUs < beforeUs) units.delete(key);
}
