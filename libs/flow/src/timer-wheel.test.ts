import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlowMemory } from './flow-memory.ts';
import { TimerWheel } from './timer-wheel.ts';

function wheelAt(second: number, slots = 50): TimerWheel {
  const wheel = new TimerWheel(new FlowMemory(slots));
  for (let slot = 1; slot <= slots; slot++) wheel.init(slot);
  wheel.start(second);
  return wheel;
}

test('a flow is handed out in the second for which it was scheduled, not before', () => {
  const wheel = wheelAt(1000);
  wheel.scheduleBy(3, 1005);
  const seen: number[] = [];
  wheel.advance(1004, (slot) => seen.push(slot));
  expect(seen).toEqual([]);
  wheel.advance(1005, (slot) => seen.push(slot));
  wheel.advance(3000, (slot) => seen.push(slot));
  expect(seen).toEqual([3]);
});

test('the earlier of two schedules counts', () => {
  const wheel = wheelAt(1000);
  wheel.scheduleBy(1, 1300);
  wheel.scheduleBy(1, 1005);
  wheel.scheduleBy(1, 1200);
  const seen: number[] = [];
  wheel.advance(1005, (slot) => seen.push(slot));
  expect(seen).toEqual([1]);
});

test('a cancelled flow is not handed out', () => {
  const wheel = wheelAt(1000);
  for (const slot of [1, 2, 3]) wheel.scheduleBy(slot, 1005);
  wheel.cancel(2);
  const seen: number[] = [];
  wheel.advance(2000, (slot) => seen.push(slot));
  expect(seen.sort()).toEqual([1, 3]);
});

test('whoever schedules again when handed out too early gets every flow at its time, whatever the steps', () => {
  const step = fc.integer({ min: 1, max: 3000 });
  const delays = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(delays, fc.array(step, { minLength: 1, maxLength: 20 }), (afterSeconds, steps) => {
      const start = 1_700_000_000;
      const wheel = wheelAt(start, afterSeconds.length);
      afterSeconds.forEach((after, i) => {
        wheel.scheduleBy(i + 1, start + after);
      });
      const handedOut = new Map<number, number>();
      let now = start;
      for (const seconds of [...steps, 6000]) {
        now += seconds;
        wheel.advance(now, (slot) => {
          const due = start + afterSeconds[slot - 1];
          if (due > now) wheel.scheduleBy(slot, due);
          else handedOut.set(slot, now);
        });
      }
      expect(handedOut.size).toBe(afterSeconds.length);
      for (const [slot, at] of handedOut) expect(at).toBeGreaterThanOrEqual(start + afterSeconds[slot - 1]);
    }),
  );
});
