import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gaps } from './gaps.ts';
import { FlowMetrics } from './metrics.ts';

const byte = fc.integer({ min: 0, max: 199 });
const range = fc.tuple(byte, byte).map(([a, b]): [number, number] => (a < b ? [a, b + 1] : [b, a + 1]));

/** Three gaps around the number where sequence numbers wrap. */
function threeGaps(gaps: Gaps, base: number): number {
  let list = 0;
  for (const [start, end] of [
    [10, 50],
    [60, 100],
    [150, 180],
  ]) {
    list = gaps.append(list, (base + start) >>> 0, (base + end) >>> 0);
  }
  return list;
}

test('what is missing after filling is what was missing and was not filled, also across the wrap', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), fc.constantFrom(0, 2 ** 32 - 80), (fills, base) => {
      const gaps = new Gaps(100, new FlowMetrics());
      let list = threeGaps(gaps, base);
      const missing = new Set<number>();
      for (let i = 0; i < 200; i++)
        if ((i >= 10 && i < 50) || (i >= 60 && i < 100) || (i >= 150 && i < 180)) missing.add(i);
      for (const [start, end] of fills) {
        list = gaps.fill(list, (base + start) >>> 0, (base + end) >>> 0);
        for (let i = start; i < end; i++) missing.delete(i);
      }
      for (let i = 0; i < 200; i++) {
        expect(gaps.overlaps(list, (base + i) >>> 0, (base + i + 1) >>> 0), `byte ${i}`).toBe(missing.has(i));
      }
    }),
  );
});

test('what is acknowledged is missing no longer', () => {
  const gaps = new Gaps(10, new FlowMetrics());
  const list = gaps.acknowledge(threeGaps(gaps, 0), 70);
  expect(gaps.overlaps(list, 10, 70)).toBe(false);
  expect(gaps.overlaps(list, 70, 71)).toBe(true);
  expect(gaps.overlaps(list, 150, 151)).toBe(true);
});

test('one side keeps no more than sixteen gaps, and forgets the oldest first', () => {
  const metrics = new FlowMetrics();
  const gaps = new Gaps(100, metrics);
  let list = 0;
  for (let i = 0; i < 20; i++) list = gaps.append(list, i * 10, i * 10 + 5);
  expect(metrics.gapsForgotten).toBe(4);
  expect(gaps.overlaps(list, 0, 35)).toBe(false);
  expect(gaps.overlaps(list, 40, 45)).toBe(true);
});

test('a pool that is used up forgets new gaps and counts them; what is given back is used again', () => {
  const metrics = new FlowMetrics();
  const gaps = new Gaps(2, metrics);
  const one = gaps.append(0, 0, 5);
  const two = gaps.append(0, 0, 5);
  expect(gaps.append(0, 0, 5)).toBe(0);
  expect(gaps.append(two, 10, 15)).toBe(two);
  expect(metrics.gapsForgotten).toBe(2);
  gaps.clear(one);
  expect(gaps.append(0, 0, 5)).not.toBe(0);
});
