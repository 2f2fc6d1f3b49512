import { setTimeout as sleep } from 'node:timers/promises';
import { missing, startRedis } from '@flowloom/testkit';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { Entries, Texts } from '../core/texts.ts';
import { linkStoreContract } from '../testing/link-store-contract.ts';
import { RedisLinkStore } from './redis-link-store.ts';

const reason = await missing('redis-server');

if (reason) it.skip(`the link store in Redis: ${reason}`, () => {});
else {
  linkStoreContract('Redis', async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    const onFailure = (error: Error): void => {
      throw error;
    };
    return {
      open: async (options) => new RedisLinkStore(client, { ...options, keyPrefix: 'test:', onFailure }),
      wait: (ms) => sleep(ms),
      close: async () => {
        await client.quit();
        await server.stop();
      },
    };
  });
}

describe('the link store in Redis that is away', () => {
  it('answers as if nothing were there, and says why', async () => {
    const client = new Redis(1, '127.0.0.1', {
      lazyConnect: true,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    client.on('error', () => {});
    const failures: string[] = [];
    const store = new RedisLinkStore(client, { onFailure: (_, operation) => failures.push(operation) });
    expect(await store.get(Texts.of(['a', 'b']))).toEqual([undefined, undefined]);
    expect(await store.members(Texts.of(['a']))).toEqual([[]]);
    await store.set(Entries.of([['a', '1']]));
    expect(failures).toEqual(['read', 'read', 'write']);
    client.disconnect();
  });
});
