import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { Locks } from './locks.ts';
import type { Units } from './units.ts';

/** Threads that wake others: with something to do, or with what they had waited for. */
export class Wakes {
  readonly #units: Units;
  readonly #locks = new Locks();

  constructor(units: Units) {
    this.#units = units;
  }

  /** A thread that has nothing to do is woken for what the other works on; one that waits, by who did something for it. */
  wake({ goid, pid, tid, otherTid, futex, timeUs }: SyscallEvent): void {
    if (goid !== 0) return;
    const waker = this.#units.thread(pid, tid, timeUs);
    const woken = this.#units.thread(pid, otherTid, timeUs);
    const isAtOwn = waker.isBusyItself && waker.rule !== 'object'; // what its objects say may be wrong
    const differ = isAtOwn && woken.isBusyItself && waker.work !== woken.work;
    const crosses = differ || (woken.isBusyItself ? waker.isCalling && !isAtOwn : woken.isCalling);
    const isOwn = this.#locks.isOwn(pid, futex, otherTid);
    if (this.#locks.isLock(pid, futex, crosses)) return;
    waker.acts();
    if (!woken.isBusyItself) {
      if (waker.isBusy) woken.wokenFor(waker.work!, futex);
    } else if (!isAtOwn && isOwn) {
      waker.wakesBack(woken, timeUs);
      if (!waker.isTaker) waker.turnTo(undefined);
    }
    woken.ranUs = timeUs;
    woken.wasWoken = true;
  }
}
