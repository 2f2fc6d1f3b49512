import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import type { Activity } from './activity.ts';
import { type Running, runningOf } from './running.ts';
import { YoungObjects } from './young-objects.ts';

const NOTHING: Running = { inTimers: false, jobs: [], isCut: false, frames: [] };

/** Whether they are for the same request, as far as is known. */
export const isSame = (one: Activity, other: Activity): boolean =>
  one === other || (one.work !== undefined && one.work === other.work);

/**
 * Which earlier activity of the loop of Node.js goes on. The job that goes on with what an `await` waits for was made where that
 * began to wait, and a callback where it was handed over: their addresses tell in which activity.
 */
export class Resumptions {
  readonly #young = new YoungObjects();
  #running = NOTHING;
  #lastJob = 0;
  /** What goes on; undefined: that is not known, or nothing older does. */
  resumed: Activity | undefined;
  /** Something older goes on, and it is not known what. */
  isUnknown = false;
  /** All that has gone on since the loop acted last, in its order; undefined: one that is not known. */
  makers: readonly (Activity | undefined)[] = [];

  get inTimers(): boolean {
    return this.#running.inTimers;
  }

  /**
   * The loop makes a system call.
   *
   * @param now what it has done since the one before
   */
  acts(event: SyscallEvent, now: Activity): void {
    const isTold = event.kind === SyscallKind.running;
    if (event.kind === SyscallKind.moved) this.#young.moved(event);
    if (event.heapTop === 0) {
      this.#young.made(event, undefined);
      this.makers = [];
      this.#forget();
      return;
    }
    if (isTold) this.#running = runningOf(event);
    const makers = isTold ? this.#makers(event) : [];
    this.makers = makers;
    this.#young.made(event, madeIn(now, makers));
    if (makers.length > 0) {
      this.resumed = makers.at(-1);
      this.isUnknown = this.resumed === undefined;
    }
    if (isTold || event.kind === SyscallKind.write || event.kind === SyscallKind.connect) return;
    this.#forget();
  }

  #forget(): void {
    this.resumed = undefined;
    this.isUnknown = false;
    this.#running = NOTHING;
  }

  /**
   * Which activities have gone on since it acted last: those in which jobs were made, or at least the functions that go on were
   * called; undefined: one that is not known.
   */
  #makers(event: SyscallEvent): (Activity | undefined)[] {
    const { jobs, isCut } = this.#running;
    const before = jobs.findLastIndex(({ address }) => address === this.#lastJob);
    const makers = jobs.slice(before + 1).flatMap(({ address, generator }) => {
      const old = [address, generator].filter((one) => one > 0 && !this.#young.isNew(one, event));
      return old.length === 0 ? [] : [this.#makerOf(old)];
    });
    this.#lastJob = jobs.at(-1)?.address ?? this.#lastJob;
    return isCut ? [undefined, ...makers] : makers;
  }

  #makerOf(addresses: readonly number[]): Activity | undefined {
    for (const address of addresses) {
      const maker = this.#young.makerOf(address);
      if (maker) return maker;
    }
    return undefined;
  }

  /** Whose callback it is that runs within the activity of another one: the innermost one that was not made in that. */
  caller(last: Activity): Activity | undefined {
    for (const address of this.#running.frames) {
      const maker = this.#young.makerOf(address);
      if (maker?.work?.isAnswered === false && maker !== last) return isSame(maker, last) ? undefined : maker;
    }
    return undefined;
  }
}

/**
 * What has made the objects since the loop acted last, if that is only one. What goes on with an answer, and is not known, is
 * most often what had asked.
 */
function madeIn(now: Activity, resumed: readonly (Activity | undefined)[]): Activity | undefined {
  if (now.burst) return undefined;
  const isTold = now.message !== undefined;
  const [first, ...others] = now.hasCause || isTold ? [now, ...resumed] : resumed;
  if (first === undefined) return undefined;
  return others.every((one) => (one ? isSame(one, first) : isTold)) ? first : undefined;
}
