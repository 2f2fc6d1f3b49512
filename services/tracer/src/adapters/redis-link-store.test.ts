import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { linkStoreContract } from '../testing/link-store-contract.ts';
import { RedisLinkStore } from './redis-link-store.ts';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function startRedis(): Promise<{ process: ChildProcess; client: Redis }> {
  const port = await freePort();
  const process = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1']);
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50 });
  client.on('error', () => {});
  await client.ping();
  return { process, client };
}

if (hasRedis) {
  linkStoreContract('Redis', async () => {
    const { process, client } = await startRedis();
    const onFailure = (error: Error): void => {
      throw error;
    };
    return {
      open: async (options) => new RedisLinkStore(client, { ...options, keyPrefix: 'test:', onFailure }),
      wait: (ms) => sleep(ms),
      close: async () => {
        await client.quit();
        process.kill();
      },
    };
  });
}

describe.skipIf(hasRedis)('the link store in Redis', () => {
  it.skip('needs redis-server, which is not installed', () => {});
});

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
    expect(await store.get(['a', 'b'])).toEqual([undefined, undefined]);
    expect(await store.members(['a'])).toEqual([[]]);
    await store.set([['a', '1']]);
    expect(failures).toEqual(['read', 'read', 'write']);
    client.disconnect();
  });
});
