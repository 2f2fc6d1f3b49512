import { expect, it } from 'vitest';
import { type Begin, HeldObjects, newestOf } from './held-objects.ts';

/** What of a list is new, in its order. */
const objectsOf = (began: Begin | undefined): number[] => [...began!.objects.keys()];

it('finds what was not held before, and that it is the same task while its newest object is held', () => {
  const held = new HeldObjects();
  expect(held.changes([1, 2, 10], 1)!.isFirst).toBe(true);
  const began = held.changes([1, 2, 30, 11, 21, 50], 1)!;
  expect(objectsOf(began)).toEqual([30, 11, 21, 50]);
  began.objects.set(30, 3); // a queue, older than the task
  began.objects.set(11, 7);
  began.objects.set(21, 7);
  expect(newestOf(began.objects)).toBe(11);
  expect(held.changes([1, 2, 30, 11, 21, 60], 1)).toBeUndefined();
  expect(objectsOf(held.changes([1, 2, 30, 12, 21, 60], 1))).toEqual([12]);
});

it('takes it for the same task while nothing is known, if most of that is still held', () => {
  const held = new HeldObjects();
  held.changes([1, 2, 10], 1);
  held.changes([1, 2, 11, 21, 31, 41], 1);
  expect(held.changes([1, 2, 11, 21, 31, 42], 1)).toBeUndefined();
  expect(objectsOf(held.changes([1, 2, 12, 22, 31, 42], 1))).toEqual([12, 22]);
});

it('does not know the task of a new thread among all that it holds: all that came of one request must stay', () => {
  const held = new HeldObjects();
  const began = held.changes([1, 2, 10], 1)!;
  began.objects.set(1, 5);
  began.objects.set(10, 5);
  expect(held.changes([1, 2, 10, 40], 1)).toBeUndefined();
  expect(objectsOf(held.changes([1, 2, 11], 1))).toEqual([11]);
});

it('begins anew when a collection may have moved all', () => {
  const held = new HeldObjects();
  held.changes([1, 2, 10], 1);
  expect(held.changes([101, 102, 110], 2)).toMatchObject({ isFirst: true });
});

it('looks at the first objects alone', () => {
  const held = new HeldObjects();
  const first = Array.from({ length: 16 }, (_, i) => i);
  held.changes([...first, 50], 1);
  expect(held.changes([...first, 51], 1)).toBeUndefined();
});
