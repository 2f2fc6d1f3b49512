import type { Unit } from './unit.ts';

/** The system call under way, among all that have been. */
export class Moment {
  /** Its number. */
  event = 0;
  /** How many answers to calls have passed whole. */
  answers = 0;
  /** Who reads in it. */
  reader: Unit | undefined;

  next(): void {
    this.event++;
    this.reader = undefined;
  }
}
