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
    expect(new Set(rows.flatMap((row) => [row.client_cluster, row.server_cluster]))).toEqual(new Set(['demo']));
  });

  it('ends in order with exit code 0', async () => {
    expect(await pipeline.stopServices()).toEqual({ capturer: 0, tagger: 0, aggregator: 0, tracer: 0 });
  });
});
