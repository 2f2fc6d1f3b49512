import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Resource } from '../core/model/resource.ts';
import { FencedError, GapError, type ResourceChange, type ResourceStore } from '../core/sync/resource-store.ts';
import { pod } from './resources.ts';

const put = (resource: Resource) => ({ id: resource.id, resource });

/** What every adapter of the port must do. `open` gives an empty store. */
export function resourceStoreContract(open: () => Promise<ResourceStore>): void {
  let store: ResourceStore;
  const stop = new AbortController();
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  /** The next `count` changes after a version. */
  async function follow(after: number, count: number): Promise<ResourceChange[]> {
    const seen: ResourceChange[] = [];
    for await (const { changes } of store.changes(after, stop.signal)) {
      seen.push(...changes);
      if (seen.length >= count) break;
    }
    return seen;
  }

  it('loads what was written, with its version', async () => {
    expect(await store.load()).toMatchObject({ version: 0, changes: [] });
    const epoch = await store.acquire('test');
    const version = await store.write(epoch, [put(pod('a', '10.0.0.1')), put(pod('b', '10.0.0.2'))]);
    const snapshot = await store.load();
    expect(snapshot.version).toBe(version);
    expect(snapshot.changes.map(({ resource }) => resource?.name).sort()).toEqual(['a', 'b']);
    expect(Math.max(...snapshot.changes.map((change) => change.version))).toBe(version);
  });

  it('gives changes after a version in their order, the ones to come too', async () => {
    const epoch = await store.acquire('test');
    const first = await store.write(epoch, [put(pod('a', '10.0.0.1'))]);
    const following = follow(first, 3);
    await store.write(epoch, [put(pod('b', '10.0.0.2')), put(pod('a', '10.0.0.9'))]);
    await store.write(epoch, [{ id: pod('b', '').id, resource: undefined }]);
    const seen = await following;
    expect(seen.map(({ version, resource }) => [version - first, resource?.name])).toEqual([
      [1, 'b'],
      [2, 'a'],
      [3, undefined],
    ]);
    expect((await store.load()).changes.map(({ resource }) => resource?.claims.addresses?.[0].ip)).toEqual([
      '10.0.0.9',
    ]);
  });

  it('fences a writer whose lead has passed to another', async () => {
    const older = await store.acquire('test');
    const other = await store.acquire('other');
    const newer = await store.acquire('test');
    await store.write(newer, [put(pod('a', '10.0.0.1'))]);
    await expect(store.write(older, [put(pod('a', '10.0.0.2'))])).rejects.toThrow(FencedError);
    await store.write(other, []);
    expect((await store.load()).changes[0].resource?.claims.addresses?.[0].ip).toBe('10.0.0.1');
  });

  it('says how far each source is known, not before the changes that belong to it, and fences that too', async () => {
    const older = await store.acquire('test');
    const other = await store.acquire('other');
    await store.write(older, [put(pod('a', '10.0.0.1')), put(pod('b', '10.0.0.2'))]);
    await store.mark(older, [[0, 1000]], 2);
    await store.mark(other, [[0, 2000]], 0);
    await store.mark(older, [[0, 3000]], 2);
    expect((await store.load()).coverage.get('test')).toEqual([[0, 3000]]);
    let seen = 0;
    for await (const { changes, coverage } of store.changes(0, stop.signal)) {
      seen += changes.length;
      if (coverage.size > 0) expect(seen).toBe(2);
      if (coverage.get('test')?.[0][1] === 3000) {
        expect(coverage.get('other')).toEqual([[0, 2000]]);
        break;
      }
    }
    await expect(store.mark(older, [[0, 4000]], 99)).rejects.toThrow(GapError);
    await store.acquire('test');
    await expect(store.mark(older, [[0, 4000]], 2)).rejects.toThrow(FencedError);
  });

  it('says so when changes after a version cannot come', async () => {
    await store.write(await store.acquire('test'), [put(pod('a', '10.0.0.1'))]);
    await expect(follow(1_000_000, 1)).rejects.toThrow(GapError);
  });
}
