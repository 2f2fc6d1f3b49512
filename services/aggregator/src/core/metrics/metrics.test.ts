import type { HistogramPoint, Metric, NumberPoint } from '@flowloom/otlp';
import { appendRow, Batch, type TaggedRequest, taggedRequest } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { ticks } from '../../testing/ticks.ts';
import { TrafficMetrics } from './metrics.ts';
import { prometheusPage } from './prometheus.ts';

const requests = (...rows: Partial<TaggedRequest>[]) => {
  const batch = new Batch(taggedRequest);
  for (const row of rows) {
    const aRequest = { protocol: 'http', observation_point: 's', has_request: true, has_response: true };
    appendRow(batch, { ...aRequest, response_status: 'ok', start_us: 1_000_000, end_us: 1_003_000, ...row });
  }
  return batch;
};
const points = (metrics: readonly Metric[], name: string) =>
  (metrics.find((metric) => metric.name === name)?.data.points ?? []) as readonly (NumberPoint & HistogramPoint)[];

describe('TrafficMetrics', () => {
  it('counts bytes by direction, by who talks to whom', () => {
    const metrics = new TrafficMetrics();
    const sides = {
      client_workload: 'cart',
      client_namespace: 'shop',
      server_resource_type: 'internet',
      server_resource_name: 'internet',
    };
    metrics.addFlows(ticks({ ...sides, bytes_tx: 10, bytes_rx: 1 }, { ...sides, bytes_tx: 5 }, { bytes_tx: 7 }), 100);
    const seen = points(metrics.collect(200), 'flowloom.network.io').map((p) => [p.attributes, p.startUs, p.value]);
    const common = { 'flowloom.observation_point': 'c', 'network.transport': 'tcp' };
    const cart = {
      ...common,
      'client.service.name': 'cart',
      'client.service.namespace': 'shop',
      'server.service.name': 'internet',
    };
    const unknown = { ...common, 'client.service.name': 'unknown', 'server.service.name': 'unknown' };
    expect(seen).toEqual([
      [{ ...cart, 'network.io.direction': 'transmit' }, 100, 15],
      [{ ...cart, 'network.io.direction': 'receive' }, 100, 1],
      [{ ...unknown, 'network.io.direction': 'transmit' }, 100, 7],
    ]);
  });

  it('counts flows that end by status, and a round-trip time once however many ticks repeat it', () => {
    const metrics = new TrafficMetrics();
    metrics.addFlows(
      ticks({ is_new: true, rtt_us: 400 }, { rtt_us: 400 }, { rtt_us: 400, close_type: 'server_rst' }),
      1,
    );
    const collected = metrics.collect(2);
    expect(points(collected, 'flowloom.network.flows.ended')).toMatchObject([
      { value: 1, attributes: { 'flowloom.status': 'server_error' } },
    ]);
    expect(points(collected, 'flowloom.tcp.rtt')).toMatchObject([{ count: 1, sum: 0.0004 }]);
  });

  it('gives rate, errors and duration of requests by endpoint and status', () => {
    const metrics = new TrafficMetrics();
    const error = { response_status: 'server_error', endpoint: '/buy' };
    metrics.addRequests(
      requests({ endpoint: '/buy' }, { endpoint: '/buy' }, error, { ...error, has_response: false }),
      1,
    );
    const collected = metrics.collect(2);
    const rate = points(collected, 'flowloom.requests').map((p) => [p.attributes['flowloom.status'], p.value]);
    expect(rate).toEqual([
      ['ok', 2],
      ['server_error', 2],
    ]);
    const durations = points(collected, 'flowloom.request.duration').map((p) => [p.count, p.sum]);
    expect(durations).toEqual([
      [2, 0.006],
      [1, 0.003],
    ]);
  });

  it('never has more series than it may: the rest share the overflow series', () => {
    const metrics = new TrafficMetrics({ maxSeries: 2 });
    metrics.addRequests(requests(...Array.from({ length: 50 }, (_, i) => ({ endpoint: `/${i}` }))), 1);
    const seen = points(metrics.collect(2), 'flowloom.requests');
    expect(seen).toHaveLength(3);
    expect(seen[2]).toMatchObject({ attributes: { 'otel.metric.overflow': true }, value: 48 });
  });

  it('ends a series that nothing changes', () => {
    const metrics = new TrafficMetrics({ idleUs: 10 });
    metrics.addRequests(requests({}), 1);
    expect(metrics.collect(11)).not.toEqual([]);
    expect(metrics.collect(12)).toEqual([]);
  });
});

describe('prometheusPage', () => {
  it('writes counters and histograms in the text format, buckets adding up and labels escaped', () => {
    const metrics = new TrafficMetrics();
    metrics.addRequests(requests({ endpoint: 'a"b\\c\nd' }, { endpoint: 'a"b\\c\nd', end_us: 1_000_050 }), 1);
    const lines = prometheusPage(metrics.collect(2)).split('\n');
    const tail = ',flowloom_status="ok",client_service_name="unknown",server_service_name="unknown"';
    const own = `flowloom_observation_point="s",network_protocol_name="http",flowloom_endpoint="a\\"b\\\\c\\nd"${tail}`;
    expect(lines).toContain('# TYPE flowloom_requests_total counter');
    expect(lines).toContain(`flowloom_requests_total{${own}} 2`);
    expect(lines).toContain('# TYPE flowloom_request_duration_seconds histogram');
    expect(lines).toContain(`flowloom_request_duration_seconds_bucket{${own},le="0.0001"} 1`);
    expect(lines).toContain(`flowloom_request_duration_seconds_bucket{${own},le="0.005"} 2`);
    expect(lines).toContain(`flowloom_request_duration_seconds_bucket{${own},le="+Inf"} 2`);
    expect(lines).toContain(`flowloom_request_duration_seconds_count{${own}} 2`);
  });
});
