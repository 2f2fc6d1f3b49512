import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextMap } from './text-map.ts';

describe('a map of texts in bytes', () => {
  it('keeps what a Map keeps, whatever the texts are', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'r:1', 'ключ', '鍵', '😀'));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 200 }), (entries) => {
        const map = new TextMap();
        const model = new Map(entries);
        for (const [key, value] of entries) expect(map.set(key, value)).toBe(true);
        expect(map.size).toBe(model.size);
        for (const [key, value] of model) expect(map.get(key)).toBe(value);
        expect(map.get('not there')).toBe(model.get('not there'));
      }),
    );
  });

  it('grows far beyond one chunk', () => {
    const map = new TextMap();
    for (let i = 0; i < 50_000; i++) map.set(`r:${i}`, `${i} ${'x'.repeat(60)}`);
    expect(map.size).toBe(50_000);
    for (let i = 0; i < 50_000; i += 7) expect(map.get(`r:${i}`)).toBe(`${i} ${'x'.repeat(60)}`);
  });

  it('takes a value larger than a chunk, and goes on behind it', () => {
    const map = new TextMap();
    const large = 'ä'.repeat(2 ** 21);
    map.set('a', '1');
    map.set('large', large);
    map.set('b', '2');
    expect([map.get('a'), map.get('b')]).toEqual(['1', '2']);
    expect(map.get('large')).toBe(large);
  });
});
