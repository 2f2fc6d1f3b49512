import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordTable } from './word-table.ts';

const keys = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 40 })), { maxLength: 600 });

describe('WordTable', () => {
  it('numbers keys in the order in which they first come, as a map of strings would', () => {
    fc.assert(
      fc.property(keys, (all) => {
        const table = new WordTable(2, 1);
        const numbers = new Map<string, number>();
        for (const key of all) {
          table.key.set(key);
          const text = key.join();
          expect(table.find()).toBe(numbers.get(text) ?? -1);
          if (!numbers.has(text)) numbers.set(text, numbers.size);
          expect(table.add()).toBe(numbers.get(text));
        }
        expect(table.length).toBe(numbers.size);
      }),
    );
  });

  it('knows no key after clear', () => {
    const table = new WordTable(1);
    table.key[0] = 7;
    table.add();
    table.clear();
    expect(table.find()).toBe(-1);
    expect(table.add()).toBe(0);
  });
});
