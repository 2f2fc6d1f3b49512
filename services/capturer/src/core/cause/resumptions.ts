import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import { type Activity, nobody } from './activity.ts';
import { type Job, type Running, runningOf } from './running.ts';
import { YoungObjects } from './young-objects.ts';

const NOTHING: Running = {
  inTimers: false,
  areWaiting: false,
  isInJob: false,
  total: 0,
  jobs: [],
  isCut: false,
  frames: [],
};

/** Whether they are for the same request, as far as is known. */
export const isSame = (one: Activity, other: Activity): boolean =>
  one === other || (one.work !== undefined && one.work === other.work);

/** Whether all of them are known, and for the same request as that one. */
export const areAll = (makers: readonly (Activity | undefined)[], one: Activity): boolean =>
  makers.every((maker) => maker !== undefined && isSame(maker, one));

/**
 * Which earlier activity of the loop of Node.js goes on. The job that goes on with what an `await` waits for was made where that
 * began to wait, and a callback where it was handed over: their addresses tell in which activity.
 */
export class Resumptions {
  readonly young = new YoungObjects();
  #running = NOTHING;
  /** So many jobs had been begun when that was told last. */
  #begun = 0;
  /** What goes on with the jobs that waited when they began to run; undefined: that was not told. */
  #jobs: readonly (Activity | undefined)[] | undefined;
  /** What goes on; undefined: that is not known, or nothing older does. */
  resumed: Activity | undefined;
  /** What the job under way goes on with; undefined: that is not known, or none is. */
  current: Activity | undefined;
  /** Something older goes on, and it is not known what. */
  isUnknown = false;
  /** What was made since it acted last may be of several. */
  isMixed = false;
  /** All that has gone on since the loop acted last, in its order; undefined: one that is not known. */
  makers: readonly (Activity | undefined)[] = [];
  /** Of these, those that go on behind an `await`, or that have waited. */
  awaited: readonly (Activity | undefined)[] = [];

  /** Functions and contexts on the stack, from the innermost on. */
  get stack(): readonly number[] {
    return this.#running.frames;
  }

  get inTimers(): boolean {
    return this.#running.inTimers;
  }

  /** Jobs begin to run. */
  get areWaiting(): boolean {
    return this.#running.areWaiting;
  }

  /**
   * The loop makes a system call, or begins with the jobs that wait.
   *
   * @param now what it has done since the one before
   */
  acts(event: SyscallEvent, now: Activity): void {
    const isTold = event.kind === SyscallKind.running;
    if (event.kind === SyscallKind.moved) this.young.moved(event);
    if (event.heapTop === 0) {
      this.young.made(event, undefined);
      this.makers = this.awaited = [];
      this.isMixed = false;
      this.#forget();
      return;
    }
    const begunBefore = this.#begun;
    if (isTold) {
      this.#running = runningOf(event, begunBefore);
      this.#begun = this.#running.total;
    }
    this.awaited = [];
    this.makers = isTold ? this.#makers(event) : [];
    const isStill = isTold && this.#running.isInJob && this.#begun === begunBefore;
    const maker = (isStill ? this.current : undefined) ?? this.#madeIn(now);
    if (isTold && !isStill) this.current = this.#currentOf(event, maker);
    this.young.made(event, maker);
    this.isMixed = maker === undefined && this.makers.length > 0;
    if (isTold) this.#haveBegun();
    if (this.makers.length > 0) {
      this.resumed = this.makers.at(-1);
      this.isUnknown = this.resumed === undefined;
    }
    if (isTold || event.kind === SyscallKind.write || event.kind === SyscallKind.connect) return;
    this.#forget();
  }

  /** @param maker what alone was made since it acted last */
  #currentOf(event: SyscallEvent, maker: Activity | undefined): Activity | undefined {
    const job = this.#running.isInJob ? this.#running.jobs.at(-1) : undefined;
    if (job === undefined) return undefined;
    const old = this.#oldOf(job, event);
    return old.length > 0 ? this.#makerOf(old) : maker;
  }

  /** What of a job was made before the loop acted last. */
  #oldOf({ address, generator }: Job, event: SyscallEvent): number[] {
    return [address, generator].filter((place) => place > 0 && !this.young.isNew(place, event));
  }

  #forget(): void {
    this.resumed = undefined;
    this.current = undefined;
    this.isUnknown = false;
    this.#running = NOTHING;
    this.#jobs = undefined;
  }

  /** What alone the jobs go on with that run now, and all that they make. */
  get only(): Activity | undefined {
    const [first, ...others] = this.#jobs ?? [];
    return first && areAll(others, first) ? first : undefined;
  }

  /** What has made the objects since the loop acted last, if that is only one. */
  #madeIn(now: Activity): Activity | undefined {
    const isOther = !this.areWaiting && this.#areOthers(this.makers);
    return (isOther ? undefined : this.only) ?? madeIn(now, this.areWaiting ? [] : this.makers);
  }

  /** Of what is known to go on, something is not what alone the jobs were for that had waited. */
  #areOthers(makers: readonly (Activity | undefined)[]): boolean {
    const { only } = this;
    return only !== undefined && !areAll(makers, only);
  }

  /** A job that alone had waited is for what all that follow it are for; but these may hand something on to others. */
  #haveBegun(): void {
    const { makers } = this;
    if (this.areWaiting) this.#jobs = makers;
    else if (this.#areOthers(makers)) this.#jobs = [...this.#jobs!, ...makers];
  }

  /**
   * Which activities go on, or have gone on since it acted last: those in which jobs were made, or at least the functions that go on
   * were called; undefined: one that is not known.
   */
  #makers(event: SyscallEvent): (Activity | undefined)[] {
    const { jobs, isCut, areWaiting } = this.#running;
    const begun = jobs.filter((job) => this.#oldOf(job, event).length > 0);
    const makers = begun.map((job) => this.#makerOf(this.#oldOf(job, event)));
    const isAwait = (i: number): boolean => areWaiting || begun[i].generator > 0;
    this.awaited = makers.filter((_, i) => isAwait(i));
    if (areWaiting) return isCut ? [undefined, ...makers] : makers;
    if (this.#jobs?.length === 1 && !this.#jobs[0] && !isCut) {
      const first = begun.findIndex((job) => this.#awaits(job));
      if (first >= 0) this.#jobs = [makers[first]];
      makers.fill(makers[first], 0, Math.max(0, first));
    }
    const { only } = this;
    if (only && areAll(makers, only)) return makers.length > 0 || isCut ? [only] : [];
    return isCut ? [...(this.#jobs ?? [undefined]), ...makers] : makers;
  }

  /**
   * Whether it tells what the one job goes on with that had waited, and whose own address does not: it is that of a function which
   * began to wait with it. One that is known to have begun before may have been given something by it.
   */
  #awaits({ address, generator }: Job): boolean {
    return generator > 0 && !this.young.makerOf(address) && this.#makerOf([generator]) !== undefined;
  }

  #makerOf(addresses: readonly number[]): Activity | undefined {
    const [maker, other] = addresses.map((address) => this.young.makerOf(address)).filter((one) => one !== undefined);
    const areTwo = maker?.work && other?.work && maker.work !== other.work;
    return areTwo || maker?.work?.isAnswered ? undefined : maker;
  }

  /**
   * Whose callback it is that runs within the activity of another one: the innermost one that was not made in that. One without a work
   * where it is of one of several.
   */
  caller(last: Activity): Activity | undefined {
    for (const address of this.#running.frames) {
      const maker = this.young.makerOf(address);
      if (maker?.work?.isAnswered === false && maker !== last) return isSame(maker, last) ? undefined : maker;
      if (maker === undefined && this.young.isOfSeveral(address)) return nobody(last.fromId);
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
  return areAll(others, first) ? first : undefined;
}
