import type { FlowLog, RequestLog } from '@flowloom/records';
import {
  type CollectorServer,
  eventually,
  type JaegerServer,
  missing,
  type OtlpSink,
  startCollector,
  startJaeger,
  startOtlpSink,
  titled,
} from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from './harness/flowloom.ts';
import { readJson } from './harness/kcat.ts';
import { expectedAnswers, expectedHops, hopsOf, total } from './harness/shop-hops.ts';
import { needs, ShopPipeline } from './harness/shop-pipeline.ts';
import { pathsOf, type ResourceSpans, spansOf, topsOf } from './harness/spans.ts';

const reason = await missing(...needs, 'jaeger', 'collector');
const REQUESTS = 60;

describe.skipIf(reason)(titled('four services over Kafka and Redis, with the book shop as load', reason), () => {
  let jaeger: JaegerServer;
  let sink: OtlpSink;
  let collector: CollectorServer;
  let pipeline: ShopPipeline;
  let answers: Record<string, number>;

  beforeAll(async () => {
    build();
    [jaeger, sink] = await Promise.all([startJaeger(), startOtlpSink()]);
    pipeline = await ShopPipeline.start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${jaeger.otlpHttpUrl}/v1/traces` });
    collector = await startCollector({ brokers: [pipeline.kafka.address], forwardTo: sink.url });
    answers = await pipeline.shop.traffic(REQUESTS, 20);
  });

  afterAll(async () => {
    await pipeline?.close();
    await Promise.all([collector?.kill(), jaeger?.kill(), sink?.stop()]);
  });

  it('answers the customers as without it', () => {
    expect(answers).toEqual(expectedAnswers(REQUESTS));
  });

  it('gives kcat every request of every hop as JSON, at both ends of its way', async () => {
    const read = () => readJson<RequestLog>(pipeline.kafka.address, 'flowloom.request-logs');
    const expected = expectedHops(REQUESTS);
    await eventually(async () => total(hopsOf(await read())) >= total(expected), 'the logs', 15_000).catch(() => {});
    expect(hopsOf(await read())).toEqual(expected);
  });

  it('gives kcat a flow log of every connection, with the names of both sides', async () => {
    const read = () => readJson<FlowLog>(pipeline.kafka.address, 'flowloom.flow-logs');
    await eventually(
      async () => (await read()).some(({ server_workload }) => server_workload === 'cache'),
      'flow logs',
      90_000,
    );
    const rows = (await read()).filter(({ protocol }) => protocol === 'tcp');
    const sides = new Set(rows.map((row) => `${row.client_workload} > ${row.server_workload}`));
    expect(sides).toEqual(new Set(['client > edge', 'edge > shop', 'shop > pricing', 'shop > cart', 'cart > cache']));
    expect(new Set(rows.map(({ client_cluster }) => client_cluster))).toEqual(new Set(['demo']));
  });

  it('gives a stock Collector, its Kafka receiver at the defaults, spans and metrics', async () => {
    await eventually(() => sink.json('traces').length > 0 && sink.json('metrics').length > 0, 'both signals');
    const services = (sink.json('traces') as { resourceSpans: ResourceSpans[] }[])
      .flatMap(({ resourceSpans }) => spansOf(resourceSpans))
      .map(({ service }) => service);
    expect(new Set(services)).toEqual(new Set(['client', 'edge', 'shop', 'pricing', 'cart', 'cache']));
    expect(JSON.stringify(sink.json('metrics'))).toContain('flowloom.request.duration');
  });

  it('gives Jaeger an order as one trace: one root, its services in their order, no missing parent', async () => {
    const exported = () =>
      (sink.json('traces') as { resourceSpans: ResourceSpans[] }[]).flatMap((each) => spansOf(each.resourceSpans));
    const order = exported().find(({ service, name }) => service === 'edge' && name.startsWith('POST'))!;
    const answer = await fetch(`${jaeger.url}/api/v3/traces/${order.traceId}`);
    const { result } = (await answer.json()) as { result: { resourceSpans: ResourceSpans[] } };
    const spans = spansOf(result.resourceSpans);
    const { roots, orphans } = topsOf(spans);
    expect(roots.map(({ service }) => service)).toEqual(['client']);
    expect(orphans).toEqual([]);
    expect(pathsOf(spans)).toEqual(['client > edge > shop > cart > cache', 'client > edge > shop > pricing']);
  });

  it('ends in order with exit code 0', async () => {
    expect(await pipeline.stopServices()).toEqual({ capturer: 0, tagger: 0, aggregator: 0, tracer: 0 });
  });
});
