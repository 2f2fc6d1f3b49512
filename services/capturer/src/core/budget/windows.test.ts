import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Windows } from './windows.ts';

const times = { periodUs: 1000, leadUs: 10, tailUs: 20 };
const opened = (windows: Windows, nowUs: number) => {
  windows.advance(nowUs);
  return windows.isOpen;
};

describe('Windows', () => {
  it('are open all the time at first, and again once the share is whole', () => {
    const windows = new Windows(times);
    expect(windows.isOpen && windows.has(5)).toBe(true);
    expect(windows.nextUs).toBe(Number.POSITIVE_INFINITY);
    windows.setShare(0.5, 2600);
    windows.advance(2700);
    expect(windows.isOpen).toBe(false);
    windows.setShare(1, 2800);
    expect(opened(windows, 2800)).toBe(true);
    expect([windows.has(2809), windows.has(2810), windows.has(1e12)]).toEqual([false, true, true]);
    expect(windows.nextUs).toBe(Number.POSITIVE_INFINITY);
  });

  it('begin at multiples of the period, look ahead of it and wait for answers behind', () => {
    const windows = new Windows(times);
    windows.setShare(0.3, 1100);
    expect([windows.has(1299), windows.has(1300)]).toEqual([true, false]);
    expect([opened(windows, 1319), opened(windows, 1320), windows.nextUs]).toEqual([true, false, 1990]);
    expect([opened(windows, 1989), opened(windows, 1990), windows.nextUs]).toEqual([false, true, 2320]);
    expect([windows.has(1999), windows.has(2000), windows.has(2299), windows.has(2300)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('remember the window that was closed, for what began in it and is reported last', () => {
    const windows = new Windows(times);
    windows.setShare(0.3, 1100);
    windows.advance(1320);
    expect([windows.has(1200), windows.has(1310)]).toEqual([true, false]);
  });

  it('close at once where this period has had its share', () => {
    const windows = new Windows(times);
    windows.setShare(0.3, 1700);
    expect([windows.has(1699), windows.has(1700), windows.nextUs]).toEqual([true, false, 1720]);
  });

  it('lie inside each other on two hosts with different shares', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.9, noNaN: true }), fc.nat(9000), (share, atUs) => {
        const [small, large] = [share, share + 0.05].map((one) => {
          const windows = new Windows(times);
          windows.setShare(one, 0);
          for (let us = 0; us <= atUs; us += 5) windows.advance(us);
          return windows;
        });
        return !(small.isOpen && small.has(atUs)) || large.has(atUs);
      }),
    );
  });

  it('let one pass over which the host has slept, and join late one that is under way', () => {
    const windows = new Windows(times);
    windows.setShare(0.3, 0);
    windows.advance(320);
    expect([opened(windows, 4400), windows.nextUs]).toEqual([false, 4990]);
    expect([opened(windows, 5100), windows.has(5100), windows.nextUs]).toEqual([true, true, 5320]);
  });

  it('do not wait for a time from which the clock was set back', () => {
    const windows = new Windows(times);
    windows.setShare(0.3, 1_000_100);
    windows.advance(1_000_320);
    expect([opened(windows, 500_600), windows.nextUs]).toEqual([false, 500_990]);
    expect(opened(windows, 500_990)).toBe(true);
    expect([opened(windows, 7100), windows.nextUs]).toEqual([false, 7990]);
  });

  it('are open for their share of the time, whatever it was before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { maxLength: 5 }),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        (before, share) => {
          const windows = new Windows(times);
          let us = 0;
          for (const one of before) {
            windows.setShare(one, us);
            for (let i = 0; i < 77; i++) windows.advance((us += 7));
          }
          windows.setShare(share, us);
          for (; us % 1000 !== 0 || us < 10_000; us++) windows.advance(us);
          let seen = 0;
          for (const end = us + 5000; us < end; us++) {
            windows.advance(us);
            if (windows.isOpen && windows.has(us)) seen++;
          }
          expect(Math.abs(seen / 5000 - share)).toBeLessThan(0.002);
        },
      ),
    );
  });

  it('are not closed for less than it takes to begin the next one', () => {
    const windows = new Windows(times);
    windows.setShare(0.98, 100);
    expect(windows.nextUs).toBe(Number.POSITIVE_INFINITY);
  });
});
