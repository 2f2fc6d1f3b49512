import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, Health, loadConfig, processConfig, redisConfig } from '@flowloom/service-kit';
import { connectRedis, type RedisClient } from '@flowloom/service-kit/redis';
import { ResourceIndex } from '@flowloom/tagger';
import { missing, startRedisCluster, startRedisSentinel, titled } from '@flowloom/testkit';
import { describe, expect, it, vi } from 'vitest';
import { RedisResourceStore } from '../../../services/tagger/src/adapters/redis-resource-store.ts';
import { ClusterWriter } from '../../../services/tagger/src/core/sync/cluster-writer.ts';
import { ResourceFollower } from '../../../services/tagger/src/core/sync/resource-follower.ts';
import { pod } from '../../../services/tagger/src/testing/resources.ts';

const reason = await missing('redis-server', 'redis-cli');
const nowUs = () => Date.now() * 1000;

async function connect(env: Record<string, string>): Promise<RedisClient> {
  const config = loadConfig([redisConfig, processConfig], { env: { ...env, FLOWLOOM_LOG_LEVEL: 'silent' } });
  const health = new Health();
  const log = createLogger(config.of(processConfig));
  const client = connectRedis(config.of(redisConfig), { health: health.component('redis'), log })!;
  await vi.waitFor(() => expect(health.readiness.status).toBe('ok'), 5000);
  return client;
}

/** A writer and a reader of resources, as a leader and a tagger have them. */
function share(client: RedisClient) {
  const store = new RedisResourceStore(client, 'flowloom:');
  const writer = new ClusterWriter(store, { idPrefix: 'test/', historyMs: 60_000, nowUs });
  const index = new ResourceIndex();
  const stop = new AbortController();
  const listener = { fresh: vi.fn(), away: vi.fn(), gap: vi.fn() };
  const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
  const running = new ResourceFollower(store, index, { listener, sleep: wait, nowUs }).run(stop.signal);
  return {
    add: (name: string, ip: string) => {
      const resource = pod(name, ip);
      writer.take([{ id: resource.id, resource, atUs: nowUs() }]);
    },
    write: async () => {
      const beganUs = nowUs();
      await writer.write();
      await writer.mark([0, beganUs]);
    },
    names: () => [...index.all()].map(({ name }) => name).sort(),
    isFresh: () => listener.fresh.mock.lastCall?.[0].has('test/') === true,
    end: async () => {
      stop.abort();
      await running;
      client.disconnect();
    },
  };
}

describe.skipIf(reason)(titled('resources in Redis of other shapes', reason), () => {
  it('are shared over a Redis Cluster', async () => {
    const cluster = await startRedisCluster();
    const shared = share(await connect({ REDIS_URL: cluster.urls.join(',') }));
    shared.add('a', '10.0.0.1');
    shared.add('b', '10.0.0.2');
    await shared.write();
    await vi.waitFor(() => expect([shared.names(), shared.isFresh()]).toEqual([['a', 'b'], true]), 5000);
    await shared.end();
    await cluster.stop();
  }, 30_000);

  it('go on when a Sentinel puts the replica in the place of the master', async () => {
    const sentinel = await startRedisSentinel();
    const shared = share(
      await connect({ REDIS_URL: sentinel.url, FLOWLOOM_REDIS_SENTINEL_MASTER: sentinel.masterName }),
    );
    shared.add('a', '10.0.0.1');
    await shared.write();
    await vi.waitFor(() => expect(shared.names()).toEqual(['a']), 5000);
    await sleep(200);
    await sentinel.master.kill();
    shared.add('b', '10.0.0.2');
    await vi.waitFor(() => shared.write(), { timeout: 15_000, interval: 200 });
    await vi.waitFor(() => expect(shared.names()).toEqual(['a', 'b']), 10_000);
    await shared.end();
    await sentinel.stop();
  }, 40_000);
});
