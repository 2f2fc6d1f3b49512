import { describe, expect, it } from 'vitest';
import { linkStoreContract } from '../testing/link-store-contract.ts';
import { LayeredLinkStore } from './layered-link-store.ts';
import { MemoryLinkStore } from './memory-link-store.ts';
import { Entries, Texts } from './texts.ts';

let clock = 0;
const virtualTime = {
  wait: async (ms: number) => {
    clock += ms;
  },
  close: async () => {},
};

linkStoreContract('memory', async () => ({
  ...virtualTime,
  open: async (options) => new MemoryLinkStore({ ...options, now: () => clock }),
}));

linkStoreContract('two layers', async () => ({
  ...virtualTime,
  open: async (options) =>
    new LayeredLinkStore(
      new MemoryLinkStore({ ...options, now: () => clock }),
      new MemoryLinkStore({ ...options, now: () => clock }),
    ),
}));

describe('memory', () => {
  const MiB = 2 ** 20;
  const key = (i: number) => `k${i}`;
  const all = Texts.of(Array.from({ length: 8_000 }, (_, i) => key(i)));
  const value = 'v'.repeat(2_000);

  it('is bounded: the oldest keys go when they take too much memory', async () => {
    const store = new MemoryLinkStore({ maxBytes: 16 * MiB });
    for (let i = 0; i < all.length; i++) {
      await store.set(Entries.of([[key(i), value]]));
      await store.add(Entries.of([[key(i), value]]));
    }
    expect(store.bytes).toBeLessThan(20 * MiB);
    const kept = (await store.get(all)).filter(Boolean);
    expect(kept.length).toBeGreaterThan(1_500);
    expect(kept.length).toBeLessThan(6_000);
    expect(await store.get(Texts.of([key(7_999)]))).toEqual([value]);
    expect((await store.members(all)).findLastIndex(({ length }) => length === 0)).toBeLessThan(6_500);
  });

  it('gives the members of before and of now together, each once and no more than the bound', async () => {
    let now = 0;
    const store = new MemoryLinkStore({ ttlMs: 100, maxMembers: 3, now: () => now });
    await store.add(Entries.of([['t', 'x']]));
    now = 150;
    await store.add(Entries.of(['x', 'y', 'z', 'w'].map((member) => ['t', member])));
    expect(await store.members(Texts.of(['t']))).toEqual([['x', 'y', 'z']]);
  });
});

describe('two layers', () => {
  it('let one tracer find what another one stored', async () => {
    const shared = new MemoryLinkStore();
    const one = new LayeredLinkStore(new MemoryLinkStore(), shared);
    const two = new LayeredLinkStore(new MemoryLinkStore(), shared);
    await one.set(Entries.of([['r:1', 'trace']]));
    await one.add(Entries.of([['t:x', 'a']]));
    await two.add(Entries.of([['t:x', 'b']]));
    expect(await two.get(Texts.of(['r:1', 'r:2']))).toEqual(['trace', undefined]);
    expect((await one.members(Texts.of(['t:x'])))[0].toSorted()).toEqual(['a', 'b']);
  });
});
