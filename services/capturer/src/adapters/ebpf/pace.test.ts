import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('looks less and less often while nothing comes, and often again with the first record', () => {
  const pace = new Pace();
  expect([0, 0, 0, 0, 0, 3, 0].map((records) => pace.after(records, false))).toEqual([2, 4, 8, 10, 10, 1, 2]);
});

test('hardly looks while calls are not told, but for what has come', () => {
  const pace = new Pace();
  expect(pace.after(0, true)).toBe(100);
  expect(pace.after(5, true)).toBe(1);
});
