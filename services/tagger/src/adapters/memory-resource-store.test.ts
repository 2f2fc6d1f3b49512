import { describe, expect, it } from 'vitest';
import { GapError } from '../core/sync/resource-store.ts';
import { resourceStoreContract } from '../testing/resource-store-contract.ts';
import { pod } from '../testing/resources.ts';
import { MemoryResourceStore } from './memory-resource-store.ts';

describe('MemoryResourceStore', () => {
  resourceStoreContract(async () => new MemoryResourceStore());

  it('says so when changes are older than what it keeps', async () => {
    const store = new MemoryResourceStore(2);
    const epoch = await store.acquire('test');
    for (let i = 0; i < 10; i++) await store.write(epoch, [{ id: `${i}`, resource: pod(`${i}`, '10.0.0.1') }]);
    const follow = store.changes(1, new AbortController().signal);
    await expect(follow.next()).rejects.toThrow(GapError);
  });
});
