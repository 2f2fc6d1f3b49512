import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketsAt, bucketsOf } from './time-buckets.ts';

const us = fc.integer({ min: 0, max: 2 ** 51 });

it('finds a stretch of time by every moment in it', () => {
  fc.assert(
    fc.property(
      us,
      fc.integer({ min: 0, max: 500e6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (start, long, at) => {
        const buckets = bucketsOf(start, start + long);
        expect(bucketsAt(start + Math.floor(long * at)).some((bucket) => buckets.includes(bucket))).toBe(true);
      },
    ),
  );
});

it('keeps a stretch of time in two buckets at most, however long it is', () => {
  fc.assert(
    fc.property(us, us, (start, long) => {
      expect(bucketsOf(start, start + long).length).toBeLessThanOrEqual(2);
    }),
  );
});
