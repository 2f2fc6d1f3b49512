import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ResourceIndex } from '../core/model/resource-index.ts';
import { ResourceFollower } from '../core/sync/resource-follower.ts';
import { hasRedis, RedisServer } from '../testing/redis-server.ts';
import { resourceStoreContract } from '../testing/resource-store-contract.ts';
import { pod } from '../testing/resources.ts';
import { RedisResourceStore } from './redis-resource-store.ts';

describe.skipIf(!hasRedis)('RedisResourceStore, on a real Redis (needs redis-server)', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.stop());

  describe('as every store', () => {
    resourceStoreContract(async () => {
      await redis.client.flushall();
      return new RedisResourceStore(redis.client, 'test:');
    });
  });

  it('loads more resources than one scan gives', async () => {
    await redis.client.flushall();
    const store = new RedisResourceStore(redis.client, 'test:');
    const many = Array.from({ length: 3000 }, (_, i) => pod(`p-${i}`, `10.0.${i >> 8}.${i & 255}`));
    await store.write(
      await store.acquire('test'),
      many.map((resource) => ({ id: resource.id, resource })),
    );
    const { version, changes } = await store.load();
    expect([version, changes.length]).toEqual([3000, 3000]);
  });

  it('is followed through its death, its return empty, and a write after that', async () => {
    await redis.client.flushall();
    const store = new RedisResourceStore(redis.client, 'test:');
    const write = async (name: string, ip: string) => {
      const resource = pod(name, ip);
      await store.write(await store.acquire('test'), [{ id: resource.id, resource }]);
    };
    await write('a', '10.0.0.1');
    await write('b', '10.0.0.2');
    const index = new ResourceIndex();
    const listener = { fresh: vi.fn(), away: vi.fn(), gap: vi.fn() };
    const stop = new AbortController();
    const sleepShort = (ms: number, signal: AbortSignal) => sleep(Math.min(ms, 20), undefined, { signal });
    const follower = new ResourceFollower(store, index, { listener, sleep: sleepShort, nowUs: () => 1e15 });
    const running = follower.run(stop.signal);
    await vi.waitFor(() => expect(index.size).toBe(2));

    await redis.kill();
    await vi.waitFor(() => expect(listener.away).toHaveBeenCalled(), 5000);
    expect(index.size).toBe(2);

    listener.fresh.mockClear();
    await redis.startAgain();
    await vi.waitFor(() => expect(listener.fresh).toHaveBeenCalled(), 5000);
    expect(listener.gap).toHaveBeenCalled();
    expect([...index.all()].map(({ toUs }) => toUs)).toEqual([undefined, undefined]);

    await write('c', '10.0.0.3');
    await vi.waitFor(() => expect(index.size).toBe(3), 5000);
    stop.abort();
    await running;
  }, 20_000);
});
