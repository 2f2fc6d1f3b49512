import { describe, expect, it } from 'vitest';
import { type Begin, HeldObjects, newestOf } from './held-objects.ts';

const changes = (held: HeldObjects, objects: number[], collections: number, orders: Record<number, number> = {}) =>
  held.changes(objects, collections, (object) => orders[object]);

/** What of a list is new, in its order. */
const objectsOf = (began: Begin | undefined): number[] => [...began!.objects.keys()];

it('finds what was not held before, and that it is the same task while its newest object is held', () => {
  const held = new HeldObjects();
  expect(changes(held, [1, 2, 10], 1)!.isFirst).toBe(true);
  const began = changes(held, [1, 2, 30, 11, 21, 50], 1)!;
  expect(objectsOf(began)).toEqual([30, 11, 21, 50]);
  began.objects.set(30, 3); // a queue, older than the task
  began.objects.set(11, 7);
  began.objects.set(21, 7);
  expect(newestOf(began.objects)).toBe(11);
  expect(changes(held, [1, 2, 30, 11, 21, 60], 1)).toBeUndefined();
  expect(objectsOf(changes(held, [1, 2, 30, 12, 21, 60], 1))).toEqual([12]);
});

it('takes it for the same task while nothing is known, if most of that is still held', () => {
  const held = new HeldObjects();
  changes(held, [1, 2, 10], 1);
  changes(held, [1, 2, 11, 21, 31, 41], 1);
  expect(changes(held, [1, 2, 11, 21, 31, 42], 1)).toBeUndefined();
  expect(objectsOf(changes(held, [1, 2, 12, 22, 31, 42], 1))).toEqual([12, 22]);
});

it('does not know the task of a new thread among all that it holds: all that came of one request must stay', () => {
  const held = new HeldObjects();
  const began = changes(held, [1, 2, 10], 1)!;
  began.objects.set(1, 5);
  began.objects.set(10, 5);
  expect(changes(held, [1, 2, 10, 40], 1)).toBeUndefined();
  expect(objectsOf(changes(held, [1, 2, 11], 1))).toEqual([11]);
});

it('begins anew when a collection may have moved all', () => {
  const held = new HeldObjects();
  changes(held, [1, 2, 10], 1);
  expect(changes(held, [101, 102, 110], 2)).toMatchObject({ isFirst: true });
});

describe('a frame that keeps the first of several tasks', () => {
  const first = [1, 2, 11, ...Array.from({ length: 13 }, (_, i) => 100 + i)];
  const begun = (): HeldObjects => {
    const held = new HeldObjects();
    changes(held, [1, 2, 10], 1);
    changes(held, [...first, 50], 1)!.objects.set(11, 5);
    return held;
  };

  it('has frames behind it that hold the next one, which was made later', () => {
    expect(objectsOf(changes(begun(), [...first, 12, 51], 1, { 12: 6 }))).toEqual([12, 51]);
    expect(objectsOf(changes(begun(), [1, 2, 11, 12], 1, { 12: 6 }))).toEqual([12]);
  });

  it('has others that hold what the task itself has got', () => {
    expect(changes(begun(), [...first, 51], 1)).toBeUndefined(); // it is not known when that was made
    expect(changes(begun(), [...first, 51], 1, { 51: 4 })).toBeUndefined();
  });
});
