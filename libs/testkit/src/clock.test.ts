import { expect, test } from 'vitest';
import { FakeClock } from './clock.ts';

test('wakes sleepers in the order of their times, each at its own time', async () => {
  const clock = new FakeClock(1000);
  const woken: [string, number][] = [];
  for (const [name, ms] of [
    ['late', 20],
    ['soon', 10],
    ['never', 99],
  ] as const) {
    void clock.sleep(ms).then(() => woken.push([name, clock.now()]));
  }
  await clock.advance(50);
  expect(woken).toEqual([
    ['soon', 1010],
    ['late', 1020],
  ]);
  expect(clock.now()).toBe(1050);
});

test('wakes a sleeper that went to sleep while the clock was moving', async () => {
  const clock = new FakeClock();
  let woken = 0;
  const loop = async () => {
    for (;;) {
      await clock.sleep(10);
      woken++;
    }
  };
  void loop();
  await clock.advance(35);
  expect(woken).toBe(3);
});
