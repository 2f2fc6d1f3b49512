import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  eventually,
  freePorts,
  installDefinitions,
  type KubernetesServer,
  kubeOvnDefinitions,
  missing,
  startKubernetes,
  titled,
} from '@flowloom/testkit';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type KubernetesObject, namespace, objectsOf, template } from '../../../k8s/helm.ts';
import { KubernetesApi } from '../../../services/tagger/src/adapters/kubernetes/kubernetes-api.ts';
import { MemoryResourceStore } from '../../../services/tagger/src/adapters/memory-resource-store.ts';
import { KubernetesSync } from '../../../services/tagger/src/kubernetes-sync.ts';
import { taggerConfig } from '../../../services/tagger/src/tagger.config.ts';
import { build, Flowloom } from '../../e2e/harness/flowloom.ts';
import {
  createAccount,
  createRights,
  type Right,
  type Rule,
  rightsOf,
  tokenOf,
  usedRights,
  without,
} from './rights.ts';

const reason = await missing('helm', 'kube-apiserver', 'kube-ovn', 'etcd', 'openssl');
const objects = reason ? [] : objectsOf(await template());
const rulesOf = (kind: string) => objects.find((object) => object.kind === kind)?.rules as Rule[] | undefined;
const clusterRules = rulesOf('ClusterRole') ?? [];
const leaseRules = rulesOf('Role') ?? [];
const granted = [...rightsOf(clusterRules), ...rightsOf(leaseRules)];

const taggers = 'flowloom-tagger';
const account = `system:serviceaccount:${namespace}:${taggers}`;

/** The rights of the chart are those of the tagger: enough, and each of them needed. Authorization is the API server's own. */
describe.skipIf(reason)(titled('the rights of the chart', reason), () => {
  let kubernetes: KubernetesServer;
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-rbac-'));
  beforeAll(async () => {
    kubernetes = await startKubernetes({ audit: true });
    await installDefinitions(kubernetes, await kubeOvnDefinitions());
    await kubernetes.call('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await createRights(kubernetes, objects);
    build();
  });
  afterAll(async () => {
    await kubernetes?.stop();
    rmSync(folder, { recursive: true });
  });

  const eventsOf = (username: string) => kubernetes.audit().filter(({ user }) => user.username === username);

  it('are enough for the tagger, which uses each of them and asks for no other', async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubernetes.kubeconfigFor(await tokenOf(kubernetes, namespace, taggers)));
    const [port] = await freePorts(1);
    const env = { ...taggerEnvironment(objects), KUBECONFIG: kubeconfig, FLOWLOOM_HTTP_PORT: String(port) };
    const tagger = new Flowloom(['tagger'], { env });
    await tagger.ready(`http://127.0.0.1:${port}/readyz`);
    // What is missing then is told by the comparison below.
    await eventually(() => usedRights(eventsOf(account)).length >= granted.length, 'rights used').catch(() => {});
    await eventually(async () => {
      const { status } = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { status: string };
      return status === 'ok';
    }, 'ready without a complaint');
    expect(await tagger.end('SIGTERM')).toBe(0);

    expect(usedRights(eventsOf(account)).sort()).toEqual(granted.toSorted());
    expect(eventsOf(account).filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
  });

  it('hold none that the tagger could do without: it misses each that is taken away', async () => {
    const missed = await Promise.all(granted.map((right, i) => complaintWithout(right, `variant-${i}`)));
    for (const [i, complaint] of missed.entries()) {
      const [verb, resource] = granted[i].split(' ');
      expect(complaint, granted[i]).toContain(`cannot ${verb} resource \\"${resource.split('/').at(-1)}\\"`);
    }
  });

  it('would be missed: an account without any sees nothing', async () => {
    expect(await complaintWithout('nothing', 'bare', [], [])).toContain('403');
  });

  /** What the tagger complains of first, with the rights of the chart but one. */
  async function complaintWithout(
    right: Right,
    name: string,
    cluster = without(clusterRules, right),
    lease = without(leaseRules, right),
  ): Promise<string> {
    const config = new KubeConfig();
    config.loadFromString(kubernetes.kubeconfigFor(await createAccount(kubernetes, name, cluster, lease)));
    const { promise, resolve } = Promise.withResolvers<string>();
    const sync = new KubernetesSync({
      config: { ...taggerConfig.schema.parse({}), leaseNamespace: name, leaseName: taggers, leaseDurationMs: 3000 },
      api: new KubernetesApi(config),
      store: new MemoryResourceStore(),
      emit: {
        leaderChanged: vi.fn(),
        clusterWritten: vi.fn(),
        kubernetesFailed: (event: { resource: string; reason: string }) =>
          resolve(`${event.resource}: ${event.reason}`),
      } as never,
      health: { ok: vi.fn(), degraded: vi.fn(), down: vi.fn() },
    });
    const timer = setTimeout(() => resolve('it complained of nothing'), 15_000);
    const complaint = await promise;
    clearTimeout(timer);
    await sync.beforeApplicationShutdown();
    return complaint;
  }
});

/** The variables of the chart's tagger, but for the servers: the bus and the store are those of the process. */
function taggerEnvironment(manifests: readonly KubernetesObject[]): Record<string, string> {
  const deployment = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === taggers);
  const { template } = deployment!.spec as {
    template: { spec: { containers: { env: { name: string; value: string }[] }[] } };
  };
  const env = Object.fromEntries(template.spec.containers[0].env.map(({ name, value }) => [name, value]));
  return { ...env, KAFKA_BROKERS: '', REDIS_URL: '' };
}
