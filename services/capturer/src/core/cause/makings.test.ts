import { describe, expect, it } from 'vitest';
import { Makings } from './makings.ts';

describe('how many ids each message of a kind leads to', () => {
  it('is known by what others of its kind have made, of which there may be several counts', () => {
    const makings = new Makings();
    expect(makings.has('a', 6)).toBe(false);
    makings.saw('a', 6);
    makings.sawSeveral('a', 5);
    expect([5, 6, 4].map((count) => makings.has('a', count))).toEqual([true, true, false]);
    expect(makings.has('b', 6)).toBe(false);
  });

  it('is not known of a kind whose messages do not make as many, as what they have made often cannot be divided', () => {
    const makings = new Makings();
    for (let i = 0; i < 8; i++) makings.sawSeveral('a', 6);
    makings.sawSeveral('a', 2.5);
    expect(makings.has('a', 6)).toBe(true);
    makings.sawSeveral('a', 3.5);
    expect(makings.has('a', 6)).toBe(false);
    for (let i = 0; i < 200; i++) makings.sawSeveral('a', 6);
    expect(makings.has('a', 6)).toBe(true);
  });
});
