import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkStore, LinkStoreOptions } from '../core/link-store.ts';

export interface LinkStoreSubject {
  open(options: LinkStoreOptions): Promise<LinkStore>;
  /** Lets so much time go by for the store. */
  wait(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every link store does. */
export function linkStoreContract(name: string, start: () => Promise<LinkStoreSubject>): void {
  describe(`the link store in ${name}`, () => {
    let subject: LinkStoreSubject;
    let store: LinkStore;
    beforeAll(async () => {
      subject = await start();
      store = await subject.open({ ttlMs: 200, maxMembers: 3 });
    });
    afterAll(async () => {
      await store.close();
      await subject.close();
    });

    it('gives back what was set last, in the order of the keys, and nothing for other keys', async () => {
      await store.set([
        ['a', '1'],
        ['b', '2'],
      ]);
      await store.set([['a', '3']]);
      expect(await store.get(['b', 'none', 'a'])).toEqual(['2', undefined, '3']);
    });

    it('keeps every member of a token once, up to the bound', async () => {
      await store.add([
        ['t', 'x'],
        ['t', 'y'],
        ['t', 'x'],
        ['u', 'z'],
      ]);
      expect((await store.members(['t', 'u', 'none'])).map((members) => members.sort())).toEqual([
        ['x', 'y'],
        ['z'],
        [],
      ]);
      await store.add(['1', '2', '3', '4'].map((member) => ['t', member] as const));
      expect((await store.members(['t']))[0]).toHaveLength(3);
    });

    it('takes empty lists', async () => {
      await store.set([]);
      await store.add([]);
      expect(await store.get([])).toEqual([]);
      expect(await store.members([])).toEqual([]);
    });

    it('forgets after the time to live, not before', async () => {
      await store.set([['old', '1']]);
      await subject.wait(100);
      expect(await store.get(['old'])).toEqual(['1']);
      await subject.wait(600);
      expect(await store.get(['old'])).toEqual([undefined]);
    });
  });
}
