import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Chains } from './chains.ts';

class Item {
  readonly hash: number;
  previous: Item | undefined;
  next: Item | undefined;

  constructor(hash: number) {
    this.hash = hash;
  }
}

/** Those of one hash, youngest first. */
function ofHash(chains: Chains<Item>, hash: number): Item[] {
  const items: Item[] = [];
  for (let item = chains.first(hash); item !== undefined; item = item.next) if (item.hash === hash) items.push(item);
  return items;
}

it('chains hold what was put in and not taken out, the youngest first, however many there are', () => {
  const hashes = fc.oneof(fc.constantFrom(0, 1, -1, 64), fc.integer());
  fc.assert(
    fc.property(fc.array(fc.tuple(hashes, fc.boolean()), { maxLength: 400 }), (steps) => {
      const chains = new Chains<Item>();
      const model: Item[] = [];
      for (const [hash, isAdded] of steps) {
        if (isAdded || model.length === 0) {
          const item = new Item(hash);
          chains.add(item);
          model.unshift(item);
        } else {
          const [item] = model.splice(Math.abs(hash) % model.length, 1);
          chains.remove(item);
          expect([item.previous, item.next]).toEqual([undefined, undefined]);
        }
      }
      expect(chains.size).toBe(model.length);
      for (const [hash] of steps) expect(ofHash(chains, hash)).toEqual(model.filter((item) => item.hash === hash));
    }),
    { numRuns: 50 },
  );
});
