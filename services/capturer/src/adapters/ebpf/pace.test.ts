import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

const MIB = 1 << 20;

test('looks less and less often while little comes, as often as the ring is small', () => {
  const pausesOf = (ringBytes: number, looks: number) => {
    const pace = new Pace(ringBytes);
    return Array.from({ length: looks }, () => pace.after(3, false));
  };
  expect(pausesOf(32 * MIB, 7)).toEqual([2, 4, 8, 16, 20, 20, 20]);
  expect(pausesOf(4 * MIB, 4)).toEqual([2, 4, 4, 4]);
  expect(pausesOf(MIB, 2)).toEqual([1, 1]);
});

test('looks more often while much comes, and keeps a pace that finds enough', () => {
  const pace = new Pace(32 * MIB);
  for (let i = 0; i < 5; i++) pace.after(0, false);
  expect([1500, 1500, 1500, 600, 600].map((records) => pace.after(records, false))).toEqual([10, 5, 2.5, 2.5, 2.5]);
});

test('hardly looks while calls are not told, but for what has come', () => {
  const pace = new Pace(32 * MIB);
  expect(pace.after(0, true)).toBe(100);
  expect(pace.after(5, true)).toBe(2);
});
