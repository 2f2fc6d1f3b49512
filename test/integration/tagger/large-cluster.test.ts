import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type KubernetesServer,
  missing,
  type RedisServer,
  startKubernetes,
  startRedis,
  titled,
} from '@flowloom/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const reason = await missing('kube-apiserver', 'etcd', 'openssl', 'redis-server');
const pods = 10_000;
const mostMegabytes = 300;
const mostSeconds = 10;
/** Some 65 MB are in use; how much garbage Node lets lie beside them is up to these, as the README of the tagger says. */
const nodeOptions = '--max-semi-space-size=4 --max-old-space-size=160';

describe.skipIf(reason)(titled(`a leader in a cluster of ${pods} pods`, reason), () => {
  let kubernetes: KubernetesServer;
  let redis: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    [kubernetes, redis] = await Promise.all([startKubernetes(), startRedis()]);
    client = new Redis(redis.url);
    await kubernetes.call('POST', '/api/v1/namespaces', { metadata: { name: 'flowloom' } });
    const objects = Array.from({ length: pods }, (_, n) => podObject(n));
    for (let n = 0; n < pods / 50; n++) objects.push(replicaSetObject(n));
    await kubernetes.store(objects);
  }, 60_000);
  afterAll(async () => {
    client?.disconnect();
    await Promise.all([kubernetes?.stop(), redis?.stop()]);
  });

  it(`knows all of them within ${mostSeconds} s, in ${mostMegabytes} MB`, async () => {
    const began = performance.now();
    const leader = spawn(process.execPath, [fileURLToPath(new URL('truth/leader.ts', import.meta.url))], {
      env: { ...process.env, NODE_OPTIONS: nodeOptions, KUBECONFIG: kubernetes.kubeconfig, REDIS_URL: redis.url },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    try {
      const documents = '{flowloom:resources}:documents';
      while ((await client.hlen(documents)) < pods && performance.now() - began < 60_000) await sleep(50);
      const seconds = (performance.now() - began) / 1000;
      const document = await client.hget(documents, 'kubernetes/kubernetes/pods/uid-pod-4711');
      expect(JSON.parse(document!.slice(document!.indexOf(' ') + 1))).toMatchObject({
        name: 'pod-4711',
        tags: { workload: 'shop-94', workload_kind: 'Deployment', node: 'node-11' },
        claims: {
          addresses: [{ vpc: '', ip: '10.16.18.103' }],
          containers: [{ id: (4711).toString(16).padStart(64, '0') }],
        },
      });
      await sleep(1000);
      const status = readFileSync(`/proc/${leader.pid}/status`, 'utf8');
      const peakMegabytes = Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024;
      expect(seconds).toBeLessThan(mostSeconds);
      expect(peakMegabytes).toBeLessThan(mostMegabytes);
    } finally {
      leader.kill('SIGKILL');
    }
  }, 90_000);
});

/** A pod as a cluster has them: some 5 kB, of which little is kept. */
function podObject(n: number): object {
  const created = '2024-01-01T00:00:00Z';
  const ip = `10.16.${n >> 8}.${n & 255}`;
  const replicaSet = Math.floor(n / 50);
  const env = Array.from({ length: 20 }, (_, i) => ({
    name: `SETTING_${i}`,
    value: `value of setting ${i} of pod ${n}`,
  }));
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: created,
  }));
  const containerID = `containerd://${n.toString(16).padStart(64, '0')}`;
  const containerStatuses = [
    { name: 'app', ready: true, restartCount: 0, image: 'registry/shop:1', imageID: 'sha256:1', containerID },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${n}`,
      namespace: 'default',
      uid: `uid-pod-${n}`,
      creationTimestamp: created,
      labels: { app: 'shop', 'pod-template-hash': 'abc', tier: 'backend', release: 'stable' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x'.repeat(1500) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `shop-${replicaSet}-abc`,
          uid: `uid-rs-${replicaSet}`,
          controller: true,
        },
      ],
    },
    spec: { nodeName: `node-${n % 100}`, containers: [{ name: 'app', image: 'registry/shop:1', env }] },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      hostIP: '192.0.2.1',
      startTime: created,
      conditions,
      containerStatuses,
    },
  };
}

function replicaSetObject(n: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `shop-${n}-abc`,
      namespace: 'default',
      uid: `uid-rs-${n}`,
      creationTimestamp: '2024-01-01T00:00:00Z',
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: `shop-${n}`, uid: `uid-deployment-${n}`, controller: true },
      ],
    },
    spec: { replicas: 50, selector: { matchLabels: { app: 'shop' } } },
  };
}
