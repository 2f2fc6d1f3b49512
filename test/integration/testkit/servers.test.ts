import { createLogger, Health, loadConfig, processConfig, redisConfig } from '@flowloom/service-kit';
import { connectRedis } from '@flowloom/service-kit/redis';
import { missing, startEtcd, startKubernetes, startNginx, startRedis, titled } from '@flowloom/testkit';
import { describe, expect, test, vi } from 'vitest';

const [noRedis, noNginx, noEtcd, noKubernetes] = await Promise.all([
  missing('redis-server'),
  missing('nginx'),
  missing('etcd'),
  missing('kube-apiserver', 'etcd', 'openssl'),
]);

describe.skipIf(noRedis)(titled('Redis', noRedis), () => {
  test('the client says when it is away and when it is back, and commands fail soon meanwhile', async () => {
    let server = await startRedis();
    const health = new Health();
    const config = loadConfig([redisConfig, processConfig], {
      env: { REDIS_URL: server.url, FLOWLOOM_LOG_LEVEL: 'silent' },
    });
    const log = createLogger(config.of(processConfig));
    const client = connectRedis(config.of(redisConfig), { health: health.component('redis'), log })!;
    await vi.waitFor(() => expect(health.readiness.status).toBe('ok'), 5000);
    await client.set('key', 'value');
    expect(await client.get('key')).toBe('value');

    await server.kill();
    await vi.waitFor(() => expect(health.readiness.reasons[0]).toMatch(/^redis: redis is away since/), 5000);
    await expect(client.get('key')).rejects.toThrow();

    server = await startRedis({ port: server.port });
    await vi.waitFor(() => expect(health.readiness.status).toBe('ok'), 10_000);
    expect(await client.get('key')).toBeNull();
    client.disconnect();
    await server.stop();
  });
});

describe.skipIf(noNginx)(titled('nginx', noNginx), () => {
  test('serves, and is gone after the stop', async () => {
    const server = await startNginx();
    expect(await (await fetch(server.url)).text()).toBe('hello\n');
    await server.stop();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

describe.skipIf(noEtcd)(titled('etcd', noEtcd), () => {
  test('is healthy', async () => {
    const server = await startEtcd();
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ health: 'true' });
    await server.stop();
  });
});

describe.skipIf(noKubernetes)(titled('kube-apiserver', noKubernetes), () => {
  test('keeps a pod, and the address that is patched into its status', async () => {
    const server = await startKubernetes();
    await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    const pods = '/api/v1/namespaces/shop/pods';
    const spec = { containers: [{ name: 'main', image: 'none' }] };
    await server.call('POST', pods, { metadata: { name: 'cart' }, spec });
    await server.call('PATCH', `${pods}/cart/status`, { status: { podIP: '10.1.2.3', podIPs: [{ ip: '10.1.2.3' }] } });
    expect(await server.call('GET', `${pods}/cart`)).toMatchObject({ status: { podIP: '10.1.2.3' } });
    await expect(server.call('GET', `${pods}/gone`)).rejects.toThrow('404');
    await server.stop();
  });
});
