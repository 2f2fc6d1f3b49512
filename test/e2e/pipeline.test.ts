import type { FlowLog, RequestLog } from '@flowloom/records';
import {
  type CollectorServer,
  eventually,
  type JaegerServer,
  type KubernetesServer,
  missing,
  type OtlpSink,
  startCollector,
  startJaeger,
  startOtlpSink,
  titled,
} from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedOf, dashboards } from '../integration/k8s/dashboards.ts';
import { build } from './harness/flowloom.ts';
import { readJson } from './harness/kcat.ts';
import { cluster, clusterNeeds, podOf, startShopCluster, workloadKind } from './harness/shop-cluster.ts';
import { containerIdOf, containersMissing, putIntoContainers } from './harness/shop-containers.ts';
import { expectedAnswers, expectedHops, hopsOf, total } from './harness/shop-hops.ts';
import { needs, ShopPipeline } from './harness/shop-pipeline.ts';
import { pathsOf, type ResourceSpans, resourceOf, spansOf, topsOf } from './harness/spans.ts';

const reason = await missing(...needs, ...clusterNeeds, 'jaeger', 'collector');
const REQUESTS = 60;

describe.skipIf(reason)(titled('four services over Kafka and Redis, with the book shop as load', reason), () => {
  let jaeger: JaegerServer;
  let sink: OtlpSink;
  let collector: CollectorServer;
  let kubernetes: KubernetesServer;
  let pipeline: ShopPipeline;
  let answers: Record<string, number>;
  let removeContainers: (() => Promise<void>) | undefined;
  // Processes are seen too where the kernel lets them be.
  const points = containersMissing ? ['c', 's'] : ['c', 's', 'c-p', 's-p'];

  beforeAll(async () => {
    build();
    [jaeger, sink, kubernetes] = await Promise.all([startJaeger(), startOtlpSink(), startShopCluster()]);
    pipeline = await ShopPipeline.start(
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${jaeger.otlpHttpUrl}/v1/traces`,
        KUBECONFIG: kubernetes.kubeconfig,
        FLOWLOOM_TAGGER_KUBERNETES: 'on',
        FLOWLOOM_TAGGER_INVENTORY_FILE: '',
        FLOWLOOM_CAPTURER_AGENT: cluster.node,
        FLOWLOOM_CAPTURER_EBPF: containersMissing ? 'off' : 'on',
      },
      (shop) => {
        removeContainers = putIntoContainers(shop);
      },
    );
    collector = await startCollector({ brokers: [pipeline.kafka.address], forwardTo: sink.url });
    answers = await pipeline.shop.traffic(REQUESTS, 20);
  });

  afterAll(async () => {
    await pipeline?.close();
    await removeContainers?.();
    await Promise.all([collector?.kill(), jaeger?.kill(), sink?.stop(), kubernetes?.stop()]);
  });

  it('answers the customers as without it', () => {
    expect(answers).toEqual(expectedAnswers(REQUESTS));
  });

  it('gives kcat every request of every hop as JSON, at both ends of its way and in both processes', async () => {
    const read = () => readJson<RequestLog>(pipeline.kafka.address, 'flowloom.request-logs');
    const expected = expectedHops(REQUESTS, points);
    await eventually(async () => total(hopsOf(await read())) >= total(expected), 'the logs', 15_000).catch(() => {});
    expect(hopsOf(await read())).toEqual(expected);
  });

  const collected = () =>
    (sink.json('traces') as { resourceSpans: ResourceSpans[] }[]).flatMap((each) => spansOf(each.resourceSpans));

  it('gives a stock Collector, its Kafka receiver at the defaults, spans and metrics', async () => {
    const services = () => new Set(collected().map(({ service }) => service));
    const all = new Set(['client', 'edge', 'shop', 'pricing', 'cart', 'cache']);
    await eventually(() => services().size >= all.size, 'spans of all services').catch(() => {});
    expect(services()).toEqual(all);
    const metrics = () => JSON.stringify(sink.json('metrics'));
    await eventually(() => metrics().includes('flowloom.request.duration'), 'the metrics of requests');
  });

  it('gives Jaeger an order as one trace: one root, its services in their order, no missing parent', async () => {
    const { traceId } = collected().find(({ service, name }) => service === 'cart' && name.startsWith('POST'))!;
    const read = async () => {
      const answer = await fetch(`${jaeger.url}/api/v3/traces/${traceId}`);
      const { result } = (await answer.json()) as { result: { resourceSpans: ResourceSpans[] } };
      return spansOf(result.resourceSpans);
    };
    const paths = ['client > edge > shop > cart > cache', 'client > edge > shop > pricing'];
    const isWhole = async () => pathsOf(await read()).join() === paths.join();
    await eventually(isWhole, 'the whole trace', 15_000).catch(() => {});
    const spans = await read();
    expect(pathsOf(spans)).toEqual(paths);
    const { roots, orphans } = topsOf(spans);
    expect(roots.map(({ service }) => service)).toEqual(['client']);
    expect(orphans).toEqual([]);
  });

  it('gives Jaeger the workloads as services, whose spans name pod, workload, service, VPC and subnet', async () => {
    const workloads = ['cache', 'cart', 'client', 'edge', 'pricing', 'shop'];
    const services = (await (await fetch(`${jaeger.url}/api/v3/services`)).json()) as { services: string[] };
    expect(services.services.filter((name) => !name.startsWith('flowloom')).sort()).toEqual(workloads);
    for (const workload of workloads) {
      const since = new Date(Date.now() - 600_000).toISOString();
      const range = `query.start_time_min=${since}&query.start_time_max=${new Date().toISOString()}`;
      const answer = await fetch(
        `${jaeger.url}/api/v3/traces?query.service_name=${workload}&${range}&query.num_traces=5`,
      );
      const { result } = (await answer.json()) as { result: { resourceSpans: ResourceSpans[] } };
      const own = result.resourceSpans.map(resourceOf).filter((resource) => resource['service.name'] === workload);
      expect(own.length, workload).toBeGreaterThan(0);
      for (const resource of own) {
        expect(resource).toMatchObject({
          'k8s.pod.name': podOf(workload),
          'k8s.namespace.name': cluster.namespace,
          'k8s.node.name': cluster.node,
          [`k8s.${workloadKind(workload).toLowerCase()}.name`]: workload,
          'flowloom.vpc': cluster.vpc,
          'flowloom.subnet': cluster.subnet,
        });
      }
    }
  });

  /** What the API server says of a side. */
  const tagsOf = (side: 'client' | 'server', workload: string) => ({
    [`${side}_pod`]: podOf(workload),
    [`${side}_namespace`]: cluster.namespace,
    [`${side}_workload`]: workload,
    [`${side}_workload_kind`]: workloadKind(workload),
    [`${side}_node`]: cluster.node,
    [`${side}_cluster`]: cluster.name,
    [`${side}_vpc`]: cluster.vpc,
    [`${side}_subnet`]: cluster.subnet,
    [`${side}_zone`]: cluster.zone,
    ...(side === 'server' && { server_service: workload }),
  });
  const isNamed = (row: FlowLog | RequestLog) =>
    expect(row).toMatchObject({
      tag_state: 'fresh',
      ...tagsOf('client', row.client_workload!),
      ...tagsOf('server', row.server_workload!),
    });

  it('names pod, workload, service, node, VPC and subnet of both sides of every request', async () => {
    for (const row of await readJson<RequestLog>(pipeline.kafka.address, 'flowloom.request-logs')) isNamed(row);
  });

  it.skipIf(containersMissing)('names the container of each process that asks or answers, by its cgroup', async () => {
    const rows = await readJson<RequestLog>(pipeline.kafka.address, 'flowloom.request-logs');
    const ofProcesses = rows.filter(
      ({ source, client_workload: client, observation_point: point }) =>
        // The customers came later: they are in none.
        source === 'ebpf' && !(point === 'c-p' && client === 'client'),
    );
    expect(ofProcesses.length).toBeGreaterThan(REQUESTS);
    for (const row of ofProcesses) {
      const [side, other] =
        row.observation_point === 'c-p' ? (['client', 'server'] as const) : (['server', 'client'] as const);
      expect(row.container_id).toBe(containerIdOf(row[`${side}_workload`]!));
      expect([row[`${side}_container`], row[`${other}_container`]]).toEqual(['app', undefined]);
    }
  });

  it('gives kcat a flow log of every connection, with the names of both sides', async () => {
    const read = async () =>
      (await readJson<FlowLog>(pipeline.kafka.address, 'flowloom.flow-logs')).filter((row) => row.protocol === 'tcp');
    const sidesOf = (rows: FlowLog[]) => new Set(rows.map((row) => `${row.client_workload} > ${row.server_workload}`));
    const expected = new Set(['client > edge', 'edge > shop', 'shop > pricing', 'shop > cart', 'cart > cache']);
    // A minute has to be over first.
    const isThere = async () => sidesOf(await read()).size >= expected.size;
    await eventually(isThere, 'flow logs of every hop', 90_000).catch(() => {});
    const rows = await read();
    expect(sidesOf(rows)).toEqual(expected);
    for (const row of rows) isNamed(row);
  });

  it('has every metric and label that the dashboards of the chart ask for', async () => {
    const names = ['capturer', 'tagger', 'aggregator', 'tracer'] as const;
    const pages = await Promise.all([
      ...names.map((name) => pipeline.page(name, '/metrics')),
      pipeline.page('aggregator', '/metrics/traffic'),
    ]);
    const series = pages.join('\n').split('\n');
    const metrics = new Set(series.flatMap((line) => /^(?:# TYPE )?(\w+)/.exec(line)?.[1] ?? []));
    // The first are Prometheus's own.
    const labels = new Set([
      'namespace',
      'pod',
      'job',
      ...series.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, name]) => name)),
    ]);
    for (const asked of dashboards().map(askedOf)) {
      expect(asked.metrics.size).toBeGreaterThan(5);
      expect([...asked.metrics].filter((name) => !metrics.has(name))).toEqual([]);
      expect([...asked.labels].filter((name) => !labels.has(name))).toEqual([]);
    }
  });

  it('ends in order with exit code 0', async () => {
    expect(await pipeline.stopServices()).toEqual({ capturer: 0, tagger: 0, aggregator: 0, tracer: 0 });
  });
});
