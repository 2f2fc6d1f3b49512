import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exchange } from './exchange.ts';
import { OpenById } from './open-by-id.ts';

function exchange(id: number): Exchange {
  const made = new Exchange('test', 0);
  made.id = id;
  return made;
}

describe('open requests by id', () => {
  it('are what a map would hold, whatever comes and goes', () => {
    const step = fc.record({ id: fc.nat(5), goes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [open, map] = [new OpenById(), new Map<number, Exchange>()];
        for (const { id, goes } of steps) {
          const known = map.get(id);
          if (goes && known) {
            open.delete(known);
            map.delete(id);
          } else if (!known) {
            const made = exchange(id);
            open.add(made);
            map.set(id, made);
          }
          open.delete(exchange(id)); // another one with the same id
          expect(open.get(id)).toBe(map.get(id));
          expect(open.size).toBe(map.size);
          expect(open.old === undefined).toBe(map.size === 0);
        }
        expect(new Set(open.drain())).toEqual(new Set(map.values()));
        expect(open.size).toBe(0);
      }),
    );
  });
});
