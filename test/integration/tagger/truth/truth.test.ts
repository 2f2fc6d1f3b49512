import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EmbeddedBus } from '@flowloom/bus/embedded';
import { appendRow, Batch, type RawFlow, rawFlow, rowOf, taggedFlow } from '@flowloom/records';
import { decodeArrow, encodeArrow } from '@flowloom/records/arrow';
import { bootstrapServices, commonSections, loadConfig, type RunningServices } from '@flowloom/service-kit';
import { taggerConfig } from '@flowloom/tagger/config';
import { taggerService } from '@flowloom/tagger/service';
import {
  type KubernetesServer,
  missing,
  type RedisServer,
  startKubernetes,
  startRedis,
  titled,
} from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Actor, ChurningCluster, nowUs } from './cluster.ts';
import { judge, type Score, type Truth } from './score.ts';

const reason = await missing('kube-apiserver', 'kube-ovn', 'etcd', 'openssl', 'redis-server');
const podsPerMinute = 1000;
const rowsPerBatch = 20;

/**
 * A cluster changes as fast as it can while rows flow, each sent in the moment in which it happens; every tagged row is
 * compared with who had its addresses then. It must be right, or say that it may not be.
 */
describe.skipIf(reason)(titled('the tagger tells the truth', reason), () => {
  let kubernetes: KubernetesServer;
  let redis: RedisServer;
  let cluster: ChurningCluster;
  let service: RunningServices;
  let leader: ChildProcess;
  const truths = new Map<string, Truth>();
  let score: Score = { right: 0, marked: 0, wrong: [] };
  let sent = 0;
  let seen = 0;
  const failures: unknown[] = [];

  beforeAll(async () => {
    [kubernetes, redis] = await Promise.all([startKubernetes(), startRedis()]);
    cluster = new ChurningCluster(kubernetes);
    await cluster.prepare();
    const env = { KUBECONFIG: kubernetes.kubeconfig, REDIS_URL: redis.url };
    leader = spawn(process.execPath, [fileURLToPath(new URL('leader.ts', import.meta.url))], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(leader.stdout!, 'data');
    vi.stubEnv('KUBECONFIG', kubernetes.kubeconfig);
    const config = loadConfig([...commonSections, taggerConfig], {
      env: {
        FLOWLOOM_HTTP_PORT: '0',
        FLOWLOOM_HTTP_HOST: '127.0.0.1',
        FLOWLOOM_LOG_LEVEL: 'silent',
        FLOWLOOM_TAGGER_KUBERNETES: 'on',
        FLOWLOOM_TAGGER_LEASE_DURATION_MS: '3000',
        REDIS_URL: redis.url,
      },
    });
    service = await bootstrapServices({ services: [taggerService], config, openBus: () => new EmbeddedBus() });
    await service.bus.consume(
      { groupId: 'truth', topics: ['flowloom.flows'] },
      {
        eachBatch: async ({ records, partition }) => {
          for (const { value } of records) take(value!);
          await partition.commit({ offset: records.at(-1)!.offset + 1 });
        },
      },
    );
    for (let n = 0; n < 50; n++) await cluster.createPod();
    await cluster.changeService();
    await cluster.changeSubnet();
    await sleep(1500);
  }, 60_000);

  afterAll(async () => {
    leader?.kill('SIGKILL');
    await service?.close();
    await Promise.all([kubernetes?.stop(), redis?.stop()]);
    vi.unstubAllEnvs();
  });

  function take(value: Uint8Array): void {
    const decoded = decodeArrow(taggedFlow, value);
    if (!decoded.ok) throw new Error(decoded.reason);
    for (let row = 0; row < decoded.batch.length; row++) {
      const tagged = rowOf(decoded.batch, row);
      judge(score, tagged, truths.get(tagged.flow_id)!);
      seen++;
    }
  }

  /** A batch of rows between those that are there now, by the clock of the agent. */
  async function sendRows(agent: string, clockUs = 0): Promise<void> {
    const batch = new Batch(rawFlow, rowsPerBatch);
    const actors = [...cluster.actors];
    for (let n = 0; n < rowsPerBatch; n++) {
      const client = pick(actors.filter(({ kind }) => kind === 'pod'));
      const server = pick(actors.filter((actor) => actor.vpc === client.vpc && actor !== client));
      if (!server) continue;
      const flow_id = (++sent).toString(16).padStart(16, '0');
      truths.set(flow_id, { client, server });
      appendRow(batch, rowOfPair(flow_id, agent, client, server, nowUs() + clockUs));
    }
    const value = encodeArrow(batch);
    await service.bus.producer().send([{ topic: 'flowloom.flows.raw', key: agent, partition: sent % 4, value }]);
  }

  /** Rows flow and the cluster changes for so long. */
  async function run(seconds: number, { changing = true, clocks = { 'node-1': 0 } as Record<string, number> } = {}) {
    const until = performance.now() + 1000 * seconds;
    const before = cluster.created;
    const tasks = new Set<Promise<void>>();
    const change = (call: () => Promise<void>) => {
      if (!changing) return;
      const task = call().catch((error: unknown) => {
        failures.push(error);
      });
      tasks.add(task);
      void task.finally(() => tasks.delete(task));
    };
    const began = performance.now();
    for (let pod = 0; performance.now() < until; ) {
      // As many as are due: a busy machine makes them later, not fewer.
      for (const due = ((performance.now() - began) * podsPerMinute) / 60_000; pod < due; pod++) {
        change(() => cluster.createPod());
        if (cluster.actors.size > 50) change(() => cluster.deletePod());
        if (pod % 10 === 3) change(() => cluster.movePod());
        if (pod % 20 === 7) change(() => cluster.changeService());
        if (pod % 20 === 17) change(() => cluster.changeSubnet());
      }
      for (const [agent, clockUs] of Object.entries(clocks)) await sendRows(agent, clockUs);
      await sleep(60_000 / podsPerMinute);
    }
    await Promise.all(tasks);
    expect(failures.splice(0)).toEqual([]);
    if (changing) expect(cluster.created - before).toBeGreaterThan((seconds * podsPerMinute) / 60 / 2);
  }

  /** The score of all that has been sent so far. */
  async function finished(): Promise<Score & { rows: number; rightShare: number }> {
    await vi.waitFor(() => expect(seen).toBe(sent), 15_000);
    const all = score;
    const rows = all.right + all.marked + all.wrong.length;
    score = { right: 0, marked: 0, wrong: [] };
    truths.clear();
    return { ...all, rows, rightShare: all.right / rows };
  }

  /** Nothing so far is wrong; and soon most is right again. */
  async function expectRecovery(): Promise<void> {
    expect((await finished()).wrong).toEqual([]);
    await run(3);
    const after = await finished();
    expect(after.wrong).toEqual([]);
    expect(after.rightShare).toBeGreaterThan(0.5);
  }

  it('while 1,000 pods a minute come and go, and services and subnets with them', async () => {
    const before = cluster.created;
    await run(8);
    const { wrong, rightShare, rows } = await finished();
    expect(wrong).toEqual([]);
    expect([rows, cluster.created - before].map((n) => n > 100)).toEqual([true, true]);
    expect(rightShare).toBeGreaterThan(0.9);
  }, 40_000);

  it('while the leader is killed and another takes over', async () => {
    leader.kill('SIGKILL');
    await run(7);
    await expectRecovery();
  }, 60_000);

  it('while the API server is killed and comes back without its history', async () => {
    await kubernetes.killApi();
    // Nothing can change now; rows flow on.
    await run(3, { changing: false });
    await kubernetes.compact();
    await kubernetes.startApi();
    await run(4);
    await expectRecovery();
  }, 60_000);

  it('while Redis is killed and comes back empty', async () => {
    await redis.kill();
    await run(2);
    redis = await startRedis({ port: redis.port });
    await run(5);
    await expectRecovery();
  }, 60_000);

  it('while the clocks of two nodes are 5 s off', async () => {
    await run(6, { clocks: { 'node-1': 0, 'node-2': 0, 'node-3': 0, 'node-4': 0, ahead: 5e6, behind: -5e6 } });
    const { wrong, rightShare } = await finished();
    expect(wrong).toEqual([]);
    expect(rightShare).toBeGreaterThan(0.3);
  }, 60_000);
});

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)];
}

function rowOfPair(flow_id: string, agent: string, client: Actor, server: Actor, start_us: number): Partial<RawFlow> {
  return {
    flow_id,
    agent,
    protocol: 'tcp',
    source: 'af_packet',
    observation_point: 'c',
    client_ip: client.ip,
    client_mac: client.mac || undefined,
    server_ip: server.ip,
    server_mac: server.mac || undefined,
    server_port: 80,
    start_us,
    end_us: start_us,
  };
}
