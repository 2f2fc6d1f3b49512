import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CollectorServer,
  KafkaBroker,
  type KubernetesServer,
  kafkaMissing,
  missing,
  type RedisServer,
  startCollector,
  startKubernetes,
  startRedis,
  titled,
} from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, flowloom } from '../e2e/harness/flowloom.ts';
import { createAccount } from './k8s/rights.ts';

const needs = ['redis-server', 'collector', 'kube-apiserver', 'etcd', 'openssl'];
const reason = (await kafkaMissing()) ?? (await missing(...needs));

/** `flowloom doctor` as an operator runs it, against the servers that the services would use. */
describe.skipIf(reason)(titled('flowloom doctor, against real servers', reason), () => {
  let kafka: KafkaBroker;
  let redis: RedisServer;
  let collector: CollectorServer;
  let kubernetes: KubernetesServer;
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-doctor-'));
  const kubeconfig = join(folder, 'kubeconfig');
  beforeAll(async () => {
    build();
    [kafka, redis, collector, kubernetes] = await Promise.all([
      KafkaBroker.start(),
      startRedis(),
      startCollector(),
      startKubernetes(),
    ]);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all([kafka?.remove(), redis?.stop(), collector?.stop(), kubernetes?.stop()]);
  });

  const run = (only: string, env: NodeJS.ProcessEnv) => flowloom(['doctor', '--only', only], { env });

  it('finds nothing lacking where all of them answer', async () => {
    writeFileSync(kubeconfig, kubernetes.kubeconfigFor(kubernetes.token));
    const { code, stdout } = await run('reach', {
      KAFKA_BROKERS: kafka.address,
      REDIS_URL: redis.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpcUrl,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      KUBECONFIG: kubeconfig,
    });
    expect(stdout).toMatch(/ok +kafka +\S+; flowloom\.flows\.raw will be made/);
    expect(stdout).toMatch(/ok +clock +-?\d+ ms from that of Redis/);
    expect(stdout).toMatch(/ok +kubernetes +https:.*, with all rights/);
    expect(stdout).toMatch(/ok +otlp +.*grpc/);
    expect(code).toBe(0);
  });

  it('says what OTLP over HTTP finds at the port of gRPC', async () => {
    const { code, stdout } = await run('otlp', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpcUrl });
    expect(stdout).toMatch(/LACKING +otlp[^\n]+\n +-> .*OTEL_EXPORTER_OTLP_PROTOCOL/);
    expect(code).toBe(1);
  });

  it('says which rights an account lacks', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['list', 'watch'] }];
    const lease = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create'] };
    writeFileSync(kubeconfig, kubernetes.kubeconfigFor(await createAccount(kubernetes, 'small', rules, [lease])));
    const { code, stdout } = await run('kubernetes', {
      KUBECONFIG: kubeconfig,
      FLOWLOOM_TAGGER_LEASE_NAMESPACE: 'small',
    });
    expect(stdout).toMatch(/no right to list services, watch services, .*update leases/);
    expect(stdout).not.toMatch(/list pods|list nodes|create leases/);
    expect(code).toBe(1);
  });
});
