import { describe, expect, it } from 'vitest';
import { V8_PAGE_BYTES } from '../syscalls/v8-page.ts';
import { Activity } from './activity.ts';
import { spansOf } from './piece-objects.ts';

const PAGE = 4 * V8_PAGE_BYTES;
const pieces = [1, 2, 3].map((id) => new Activity(undefined, 'response_order', [], id));
const found = (from: number, to: number, places: readonly number[]) =>
  spansOf(
    { pieces, heapFrom: from, heapTo: to },
    places.map((place) => [7, place]),
  ).map((span) => [span.from, span.to]);

describe('objects of pieces that did alike', () => {
  it('are around those that they have made alike', () => {
    // Each makes 1000 bytes, 700 before that object.
    expect(
      found(
        PAGE,
        PAGE + 3000,
        [700, 1700, 2700].map((place) => PAGE + place),
      ),
    ).toEqual([
      [PAGE, PAGE + 1000],
      [PAGE + 1000, PAGE + 2000],
      [PAGE + 2000, PAGE + 3000],
    ]);
  });

  it('are of none where they may be of two, as something else was made before the first one or behind the last one', () => {
    const spans = found(
      PAGE,
      PAGE + 3300,
      [900, 1900, 2900].map((place) => PAGE + place),
    );
    expect(spans[1]).toEqual([PAGE + 1300, PAGE + 2000]);
  });

  it('are not known where the stacks are not alike, hold what all share, or what is not in one order', () => {
    const shared = [700, 700, 700].map((place) => PAGE + place);
    expect(found(PAGE, PAGE + 3000, shared)).toEqual([]);
    expect(
      found(
        PAGE + 800,
        PAGE + 3000,
        [700, 1700, 2700].map((place) => PAGE + place),
      ),
    ).toEqual([]);
    expect(
      found(
        PAGE,
        PAGE + 3000,
        [1700, 700, 2700].map((place) => PAGE + place),
      ),
    ).toEqual([]);
    expect(spansOf({ pieces, heapFrom: PAGE, heapTo: PAGE + 3000 }, [[PAGE + 1], [PAGE + 2], []])).toEqual([]);
  });

  it('are known page by page', () => {
    const next = PAGE + V8_PAGE_BYTES;
    const spans = found(PAGE, next + 1100, [PAGE + V8_PAGE_BYTES - 500, next + 0, next + 1000]);
    expect(spans.map(([from, to]) => to - from).every((bytes) => bytes > 0)).toBe(true);
    expect(spans[0][1]).toBeLessThanOrEqual(next);
    expect(spans[1][0]).toBe(next);
  });
});
