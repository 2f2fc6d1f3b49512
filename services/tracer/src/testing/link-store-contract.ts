import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkStore, LinkStoreOptions } from '../core/link-store.ts';
import { Entries, Texts } from '../core/texts.ts';

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
    type Pair = readonly [string, string];
    const get = (...keys: string[]) => store.get(Texts.of(keys));
    const set = (...entries: Pair[]) => store.set(Entries.of(entries));
    const members = async (...keys: string[]) => (await store.members(Texts.of(keys))).map((list) => list.toSorted());
    const add = (...entries: Pair[]) => store.add(Entries.of(entries));
    beforeAll(async () => {
      subject = await start();
      store = await subject.open({ ttlMs: 200, maxMembers: 3 });
    });
    afterAll(async () => {
      await store.close();
      await subject.close();
    });

    it('gives back what was set last, in the order of the keys, and nothing for other keys', async () => {
      await set(['a', '1'], ['b', '2']);
      await set(['a', '3']);
      expect(await get('b', 'none', 'a', 'b')).toEqual(['2', undefined, '3', '2']);
    });

    it('keeps every member of a token once, up to the bound', async () => {
      await add(['t', 'x'], ['t', 'y'], ['t', 'x'], ['u', 'z']);
      expect(await members('t', 'u', 'none', 't')).toEqual([['x', 'y'], ['z'], [], ['x', 'y']]);
      await add(['t', '1'], ['t', '2'], ['t', '3'], ['t', '4']);
      expect((await members('t'))[0]).toHaveLength(3);
    });

    it('keeps text of any alphabet', async () => {
      await set(['ключ', '鍵 😀']);
      await add(['t:ключ', '鍵 😀']);
      expect(await get('ключ')).toEqual(['鍵 😀']);
      expect(await members('t:ключ')).toEqual([['鍵 😀']]);
    });

    it('takes empty lists', async () => {
      await set();
      await add();
      expect(await get()).toEqual([]);
      expect(await members()).toEqual([]);
    });

    it('forgets after the time to live, not before', async () => {
      await set(['old', '1']);
      await add(['t:old', '1']);
      await subject.wait(100);
      expect(await get('old')).toEqual(['1']);
      expect(await members('t:old')).toEqual([['1']]);
      await subject.wait(600);
      expect(await get('old')).toEqual([undefined]);
      expect(await members('t:old')).toEqual([[]]);
    });
  });
}
