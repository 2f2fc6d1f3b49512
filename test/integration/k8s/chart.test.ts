import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aggregatorService } from '@flowloom/aggregator/service';
import { capturerService } from '@flowloom/capturer/service';
import { commonSections, loadConfig } from '@flowloom/service-kit';
import { taggerService } from '@flowloom/tagger/service';
import { installDefinitions, type KubernetesServer, missing, startKubernetes, titled } from '@flowloom/testkit';
import { tracerService } from '@flowloom/tracer/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseDocument, type Scalar, visit, type YAMLMap } from 'yaml';
import {
  chart,
  helm,
  type KubernetesObject,
  namespace,
  objectsOf,
  template,
  withoutServer,
} from '../../../k8s/helm.ts';
import { plainManifests } from '../../../k8s/manifests/make.ts';
import { dashboards, expressionsOf } from './dashboards.ts';
import { dryRun } from './dry-run.ts';
import { operatorDefinitions } from './operator-definitions.ts';

const noHelm = await missing('helm');
const noPromtool = await missing('promtool');
const cases = ['the default values', ...readdirSync(join(chart, 'ci'))];
const filesOf = (name: string) => (name.endsWith('.yaml') ? [join(chart, 'ci', name)] : []);

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { name: string; value?: string }[];
  readonly securityContext: object;
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly automountServiceAccountToken: boolean;
}

function podsOf(objects: readonly KubernetesObject[]): { object: KubernetesObject; pod: PodSpec }[] {
  return objects.flatMap((object) => {
    const spec = object.spec as { template?: { spec: PodSpec } } | undefined;
    if (object.kind === 'Pod') return [{ object, pod: object.spec as PodSpec }];
    return spec?.template ? [{ object, pod: spec.template.spec }] : [];
  });
}

describe.skipIf(noHelm)(titled('the Helm chart', noHelm), () => {
  it.each(cases)('passes helm lint, with %s', async (name) => {
    const values = filesOf(name).flatMap((file) => ['--values', file]);
    await expect(helm('lint', '--strict', chart, ...values, ...withoutServer)).resolves.toContain('0 chart(s) failed');
  });

  it.each([
    [['kafka.brokers={kafka}'], /kafka\/brokers|kafka\.brokers/],
    [['kafka.brokers='], /kafka\/brokers|kafka\.brokers/],
    [['kafka.sasl.mechanism=plain'], /sasl\/secret|sasl\.secret/],
    [['redis.urls={redis://:secret@redis:6379}'], /redis\/urls|redis\.urls/],
    [['redis.urls={redis+sentinel://redis:26379}'], /redis\/urls|redis\.urls/],
    [['kafka.tls.clientSecret=kafka-client'], /clientSecret/],
    [['tagger.ovn.southbound={10.0.0.1:6642}'], /southbound/],
    [['tagger.replica=3'], /replica/],
    [['settings.PATH=/bin'], /settings/],
    [['capturer.httpPort=http'], /httpPort/],
    [['tracer.autoscaling.mode=vpa'], /mode/],
  ])('refuses %j and names the value', async (sets, naming) => {
    await expect(template([], sets)).rejects.toThrow(naming);
  });

  it.each(cases)('sets only variables that the services know, to values that they take, with %s', async (name) => {
    const services = [capturerService, taggerService, aggregatorService, tracerService];
    const sections = [...commonSections, ...services.map(({ config }) => config)];
    const pods = podsOf(objectsOf(await template(filesOf(name))));
    expect(pods.length).toBeGreaterThan(2);
    for (const { pod } of pods) {
      for (const { env } of pod.containers) {
        const names = env.map((variable) => variable.name);
        expect(names).toEqual([...new Set(names)]);
        // What comes from a Secret or from the node is any text.
        const values = env.map((variable) => [
          variable.name,
          variable.value ?? (/URL/.test(variable.name) ? '' : 'x=y'),
        ]);
        loadConfig(sections, { env: Object.fromEntries(values) });
      }
    }
  });

  it.each(cases)('grants no more than each component needs, with %s', async (name) => {
    const pods = podsOf(objectsOf(await template(filesOf(name))));
    for (const { pod } of pods) {
      const [container] = pod.containers;
      const isCapturer = container.name === 'capturer';
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod).toMatchObject(
        isCapturer
          ? { hostNetwork: true, automountServiceAccountToken: false }
          : { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
      );
      expect('hostNetwork' in pod).toBe(isCapturer);
      if (container.name !== 'tagger') expect(pod.automountServiceAccountToken).toBe(false);
    }
  });

  it('asks for no rights where the Kubernetes API is not followed', async () => {
    const objects = objectsOf(await template(filesOf('least-values.yaml')));
    expect(objects.filter(({ kind }) => /Role/.test(kind))).toEqual([]);
    expect(podsOf(objects).some(({ pod }) => pod.automountServiceAccountToken)).toBe(false);
  });

  it('explains every value in a comment above it, where its name comes first', () => {
    const explained = new Set<string>();
    const bare: string[] = [];
    visit(parseDocument(readFileSync(join(chart, 'values.yaml'), 'utf8')), {
      Pair: (_, pair, path) => {
        const map = path.at(-1) as YAMLMap;
        const { value: name, commentBefore } = pair.key as Scalar<string>;
        // A comment above the first key of a map belongs to the map.
        if (commentBefore || (map.items[0] === pair && map.commentBefore)) explained.add(name);
        if (!explained.has(name)) bare.push(name);
        return (pair.value as YAMLMap).flow || name === 'resources' ? visit.SKIP : undefined;
      },
    });
    expect(explained.size).toBeGreaterThan(50);
    expect(bare).toEqual([]);
  });

  it('has its plain manifests in step', async () => {
    const file = new URL('../../../k8s/manifests/flowloom.yaml', import.meta.url);
    expect(readFileSync(file, 'utf8'), 'run: node k8s/manifests/make.ts').toBe(await plainManifests());
  });

  it.skipIf(noPromtool)(titled('has alerts that Prometheus takes', noPromtool), async () => {
    const objects = objectsOf(await template(filesOf('everything-values.yaml')));
    const folder = mkdtempSync(join(tmpdir(), 'flowloom-alerts-'));
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, JSON.stringify(objects.find(({ kind }) => kind === 'PrometheusRule')!.spec));
    const said = execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(said).toMatch(/SUCCESS: [1-9]\d* rules/);
  });

  it.skipIf(noPromtool)(titled('ask Prometheus in dashboards what it understands', noPromtool), () => {
    // A file that has the same rule twice is refused.
    const rules = dashboards()
      .flatMap(expressionsOf)
      .map((expr, i) => ({ record: `x${i}`, expr }));
    expect(rules.length).toBeGreaterThan(20);
    const folder = mkdtempSync(join(tmpdir(), 'flowloom-dashboards-'));
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    const said = execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(said).toContain(`SUCCESS: ${rules.length} rules`);
  });

  it('carry the dashboards as they are, where they are wanted', async () => {
    const objects = objectsOf(await template([], ['monitoring.dashboards.enabled=true']));
    const { data } = objects.find(({ metadata }) => metadata.name === 'flowloom-dashboards') as unknown as {
      data: Record<string, string>;
    };
    expect(Object.values(data).map((text) => JSON.parse(text))).toEqual(dashboards());
  });

  it('is of the version of the product', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version });
  });
});

const noServer = await missing('helm', 'kube-apiserver', 'etcd', 'openssl');

describe.skipIf(noServer)(titled('the manifests, on a real API server', noServer), () => {
  let kubernetes: KubernetesServer;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await kubernetes.call('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await installDefinitions(kubernetes, operatorDefinitions);
  });
  afterAll(() => kubernetes?.stop());

  it.each(cases)('are taken, with %s', async (name) => {
    const objects = objectsOf(await template(filesOf(name)));
    expect(objects.length).toBeGreaterThan(8);
    await dryRun(kubernetes, objects);
  });

  it('are taken as plain files', async () => {
    const [space, ...objects] = objectsOf(await plainManifests());
    await dryRun(kubernetes, [{ ...space, metadata: { ...space.metadata, name: 'another' } }, ...objects]);
  });

  it('are installed, changed, taken back and removed as a release', async () => {
    // This server does not know its own version.
    const copy = mkdtempSync(join(tmpdir(), 'flowloom-chart-'));
    cpSync(chart, copy, { recursive: true });
    const about = join(copy, 'Chart.yaml');
    writeFileSync(about, readFileSync(about, 'utf8').replace(/^kubeVersion: .*\n/m, ''));
    const release = (...args: string[]) => helm(...args, '--kubeconfig', kubernetes.kubeconfig, '-n', namespace);
    const kinds = async () => objectsOf(await release('get', 'manifest', 'flowloom')).map(({ kind }) => kind);

    expect(await release('install', 'flowloom', copy)).toContain('helm -n flowloom test flowloom');
    const first = await kinds();
    for (const name of cases.slice(1)) await release('upgrade', 'flowloom', copy, '--values', ...filesOf(name));
    await release('rollback', 'flowloom', '1');
    expect(await kinds()).toEqual(first);
    await release('uninstall', 'flowloom');
    expect(await kubernetes.call('GET', `/apis/apps/v1/namespaces/${namespace}/deployments`)).toMatchObject({
      items: [],
    });
    rmSync(copy, { recursive: true });
  });

  it('would not be taken with a field misspelt', async () => {
    const objects = objectsOf((await template()).replace('hostNetwork:', 'hostNetworks:'));
    await expect(dryRun(kubernetes, objects)).rejects.toThrow(/hostNetworks/);
  });
});
