import { pageOf, V8_PAGE_BYTES } from '../syscalls/v8-page.ts';
import type { Activity } from './activity.ts';
import type { Span } from './young-objects.ts';

/** Pieces that did alike one after another, and how far the heap was filled before the first one and behind the last one. */
export interface Alike {
  readonly pieces: readonly Activity[];
  readonly heapFrom: number;
  readonly heapTo: number;
}

/**
 * Where objects of each piece are, by a stack that each of them has set off: at one place in it they have addresses of young objects
 * that each has made alike. These are as far apart as all is that a piece has made. How much that is before such an object is at most what
 * there is before the first one, and how much behind it at most what there is behind the last one: what may be of two pieces is of none.
 *
 * @param stacks of each piece one: addresses of functions and contexts
 */
export function spansOf(alike: Alike, stacks: readonly (readonly number[])[]): Span[] {
  const words = Math.min(...stacks.map(({ length }) => length));
  if (stacks.some(({ length }) => length !== words)) return [];
  for (let word = 0; word < words; word++) {
    const spans = spansAt(
      alike,
      stacks.map((stack) => stack[word]),
    );
    if (spans) return spans;
  }
  return [];
}

function spansAt({ pieces, heapFrom, heapTo }: Alike, places: readonly number[]): Span[] | undefined {
  const last = places.at(-1)!;
  const isNew = (place: number): boolean => pageOf(place) !== pageOf(heapFrom) || place >= heapFrom;
  if (pageOf(last) !== pageOf(heapTo) || last > heapTo || !places.every(isNew)) return undefined;
  if (new Set(places).size < places.length) return undefined;
  const steps = places
    .slice(1)
    .map((place, i) => (pageOf(place) === pageOf(places[i]) ? place - places[i] : undefined));
  const known = steps.filter((step) => step !== undefined);
  const [step, behind] = [Math.min(...known), heapTo - last];
  if (known.length === 0 || step <= behind) return undefined;
  const first = places[0];
  const before = pageOf(first) === pageOf(heapFrom) ? first - heapFrom : step;
  return places.map((place, i) => ({
    from: Math.max(place - (step - behind), pageOf(place) * V8_PAGE_BYTES),
    to: Math.min(place + Math.max(1, Math.min(behind, step - before)), (pageOf(place) + 1) * V8_PAGE_BYTES),
    maker: pieces[i],
  }));
}
