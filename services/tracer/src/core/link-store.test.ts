import { describe, expect, it } from 'vitest';
import { linkStoreContract } from '../testing/link-store-contract.ts';
import { LayeredLinkStore } from './layered-link-store.ts';
import { MemoryLinkStore } from './memory-link-store.ts';

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
  it('is bounded: the oldest keys go when there are too many', async () => {
    const store = new MemoryLinkStore({ maxKeys: 10 });
    for (let i = 0; i < 100; i++) await store.set([[`k${i}`, 'v']]);
    const kept = (await store.get(Array.from({ length: 100 }, (_, i) => `k${i}`))).filter(Boolean);
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(await store.get(['k99'])).toEqual(['v']);
  });
});

describe('two layers', () => {
  it('let one tracer find what another one stored', async () => {
    const shared = new MemoryLinkStore();
    const one = new LayeredLinkStore(new MemoryLinkStore(), shared);
    const two = new LayeredLinkStore(new MemoryLinkStore(), shared);
    await one.set([['r:1', 'trace']]);
    await one.add([['t:x', 'a']]);
    await two.add([['t:x', 'b']]);
    expect(await two.get(['r:1', 'r:2'])).toEqual(['trace', undefined]);
    expect((await one.members(['t:x']))[0].sort()).toEqual(['a', 'b']);
  });
});
