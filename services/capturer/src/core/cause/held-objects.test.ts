import { expect, it } from 'vitest';
import { HeldObjects } from './held-objects.ts';

it('finds the first object that is another one than before, and whether it is the same task still', () => {
  const held = new HeldObjects();
  held.changes([1, 2, 10, 50], 1, undefined);
  expect(held.changes([1, 2, 11, 51], 1, undefined)).toEqual([11]);
  held.isKnown = true;
  expect(held.at).toBe(2);
  expect(held.changes([1, 2, 11, 52], 1, undefined)).toBeUndefined();
  expect(held.changes([1, 2, 12, 52], 1, undefined)).toEqual([12]);
});

it('looks deeper where the first difference is nobody’s', () => {
  const held = new HeldObjects();
  held.changes([1, 2, 10], 1, undefined);
  expect(held.changes([1, 3, 10], 1, undefined)).toEqual([3]);
  held.isKnown = false;
  expect(held.changes([1, 3, 11], 1, undefined)).toEqual([11]);
});

it('has the task where other threads have theirs', () => {
  const held = new HeldObjects();
  held.changes([1, 2, 10, 50, 51, 52, 53], 1, 2);
  held.isKnown = true;
  expect(held.changes([1, 2, 10, 50, 51, 52, 54], 1, 2)).toBeUndefined();
  expect(held.changes([1, 2, 11, 50, 51, 52, 54], 1, 2)).toEqual([11]);
});

it('knows it again at its place when a collection has moved all', () => {
  const held = new HeldObjects();
  held.changes([1, 2, 10], 1, undefined);
  held.changes([1, 2, 11], 1, undefined);
  expect(held.changes([101, 102, 111], 2, undefined)).toEqual([111]);
  expect(new HeldObjects().changes([1, 2, 10], 1, undefined)).toEqual([1, 2, 10]);
});
