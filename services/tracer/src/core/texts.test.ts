import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Texts } from './texts.ts';

describe('a list of texts in bytes', () => {
  it('gives back what was put in, also after it was cleared', () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 200, maxLength: 2_000 })));
    const list = new Texts();
    fc.assert(
      fc.property(texts, (all) => {
        list.clear();
        for (const text of all) list.push(text);
        expect(Array.from({ length: list.length }, (_, n) => list.get(n))).toEqual(all);
      }),
    );
  });

  it('writes a text in pieces: text, whole numbers of any size, ids', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer(), fc.integer(), (number, high, low) => {
        const list = new Texts();
        list.push('before');
        list.text('<ü').integer(number).text('|').id(high, low).text('>').end();
        const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
        expect(list.get(1)).toBe(`<ü${number}|${hex(high)}${hex(low)}>`);
        list.again();
        expect([list.length, list.get(2)]).toEqual([3, list.get(1)]);
      }),
    );
  });
});
