import { type SyscallEvent, wordsIn } from '../syscalls/syscall-event.ts';

const HEAD_WORDS = 3;
/** Bits of the first word. */
const TELLS_TIMERS = 1;
const TELLS_WAITING = 2;
const TELLS_JOB = 4;

/** What an event of kind `running` tells of the main thread of Node.js. */
export interface Running {
  readonly inTimers: boolean;
  /** The jobs begin to run now, one after another; else they have run. */
  readonly areWaiting: boolean;
  /** A job is under way: the youngest. */
  readonly isInJob: boolean;
  /** So many jobs of promises were begun in all, where none are told that wait. */
  readonly total: number;
  /** Those that were begun since, the oldest first, and of many the youngest; or that wait. */
  readonly jobs: readonly Job[];
  /** There were more jobs, before these. */
  readonly isCut: boolean;
  /** Functions and contexts of JavaScript on the stack, from the innermost on. */
  readonly frames: readonly number[];
}

/** Addresses of a job, which was made where that is waited for, and of the state of the asynchronous function that goes on; 0: none. */
export interface Job {
  readonly address: number;
  readonly generator: number;
}

/** @param totalBefore how many jobs had been begun when that was told last */
export function runningOf(event: SyscallEvent, totalBefore: number): Running {
  const words = wordsIn(event);
  const [flags = 0, frameWords = 0, number = 0] = words;
  const frames = words.slice(HEAD_WORDS, HEAD_WORDS + frameWords);
  const told = words.slice(HEAD_WORDS + frameWords);
  const count = told.length >>> 1;
  const jobs = Array.from({ length: count }, (_, i) => ({ address: told[i], generator: told[count + i] }));
  const areWaiting = (flags & TELLS_WAITING) !== 0;
  const total = areWaiting ? totalBefore : number;
  return {
    inTimers: (flags & TELLS_TIMERS) !== 0,
    areWaiting,
    isInJob: (flags & TELLS_JOB) !== 0,
    total,
    jobs,
    isCut: (areWaiting ? number : total - totalBefore) > count,
    frames,
  };
}
