import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonTexts } from './json-texts.ts';

describe('JsonTexts', () => {
  it('finds every object again, wherever the stream is cut', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 });
    fc.assert(
      fc.property(
        objects,
        fc.array(fc.nat(400), { maxLength: 20 }),
        fc.constantFrom('', ' ', '\n'),
        (all, cuts, between) => {
          const stream = Buffer.from(all.map((object) => JSON.stringify(object)).join(between));
          const places = [...new Set([0, ...cuts.filter((cut) => cut < stream.length), stream.length])].sort(
            (a, b) => a - b,
          );
          const texts = new JsonTexts(1 << 20);
          const found = places.slice(1).flatMap((end, i) => texts.add(stream.subarray(places[i], end)));
          expect(found.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(all)));
        },
      ),
    );
  });

  it('passes over what is no object, and holds no more than it may', () => {
    const texts = new JsonTexts(10);
    expect(texts.add(Buffer.from('} garbage "]" {"a":1} 7'))).toEqual(['{"a":1}']);
    expect(() => texts.add(Buffer.from(`{"a":"${'x'.repeat(10)}`))).toThrow(RangeError);
  });
});
