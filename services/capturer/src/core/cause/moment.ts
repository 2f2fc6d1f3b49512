import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Unit } from './unit.ts';

/** The system call under way, among all that have been. */
export class Moment {
  /** Its number. */
  event = 0;
  /** When it was; the pieces of a long read are several events of one time. */
  timeUs = 0;
  /** How many answers to calls have passed whole. */
  answers = 0;
  /** Who reads in it. */
  reader: Unit | undefined;

  next({ timeUs }: SyscallEvent): void {
    this.event++;
    this.timeUs = timeUs;
    this.reader = undefined;
  }
}
