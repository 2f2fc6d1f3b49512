import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextMap } from './text-map.ts';
import { Entries, Texts } from './texts.ts';

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'r:1', 'ключ', '鍵', '😀'));
const pairs = fc.array(fc.tuple(text, text), { maxLength: 200 });

/** The value of a key. */
const get = (map: TextMap, key: string) => map.get(Texts.of([key]), 0);

function mapOf(entries: readonly (readonly [string, string])[]): TextMap {
  const map = new TextMap();
  const list = Entries.of(entries);
  for (let n = 0; n < list.length; n++) map.set(list, n);
  return map;
}

describe('a map of texts in bytes', () => {
  it('keeps what a Map keeps, whatever the texts are', () => {
    fc.assert(
      fc.property(pairs, (entries) => {
        const map = mapOf(entries);
        const model = new Map(entries);
        expect(map.size).toBe(model.size);
        for (const [key, value] of model) expect(get(map, key)).toBe(value);
        expect(get(map, 'not there')).toBe(model.get('not there'));
      }),
    );
  });

  it('keeps of each key what a Set keeps, in that order, and no more than it may', () => {
    const few = fc.array(fc.tuple(fc.constantFrom('', 'a', 'b'), fc.oneof(text, fc.constantFrom('1', '2', '3'))));
    fc.assert(
      fc.property(few, (entries) => {
        const map = new TextMap();
        const model = new Map<string, Set<string>>();
        const list = Entries.of(entries);
        for (const [n, [key, value]] of entries.entries()) {
          map.add(list, n, 4);
          const values = model.get(key) ?? new Set();
          if (values.size < 4) model.set(key, values.add(value));
        }
        for (const [key, values] of model) expect(map.all(map.find(Texts.of([key]), 0))).toEqual([...values]);
        expect(map.all(map.find(Texts.of(['none']), 0))).toEqual([]);
      }),
    );
  });

  it('grows far beyond one chunk, and says how much it takes', () => {
    const map = mapOf(Array.from({ length: 50_000 }, (_, i) => [`r:${i}`, `${i} ${'x'.repeat(60)}`]));
    expect(map.size).toBe(50_000);
    for (let i = 0; i < 50_000; i += 7) expect(get(map, `r:${i}`)).toBe(`${i} ${'x'.repeat(60)}`);
    expect(map.bytes).toBeGreaterThan(50_000 * 90);
    expect(map.bytes).toBeLessThan(50_000 * 140);
  });

  it('takes a value larger than a chunk, and goes on behind it', () => {
    const large = 'ä'.repeat(2 ** 21);
    const map = mapOf([
      ['a', '1'],
      ['large', large],
      ['b', '2'],
    ]);
    expect([get(map, 'a'), get(map, 'b')]).toEqual(['1', '2']);
    expect(get(map, 'large')).toBe(large);
  });
});
