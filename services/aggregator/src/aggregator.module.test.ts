import type { BusRecord } from '@flowloom/bus';
import { EmbeddedBus } from '@flowloom/bus/embedded';
import { appendRow, Batch, taggedRequest } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import { bootstrapServices, commonSections, loadConfig } from '@flowloom/service-kit';
import { expect, it, vi } from 'vitest';
import { aggregatorConfig } from './aggregator.config.ts';
import { aggregatorService } from './aggregator.module.ts';
import { midnight, second, ticks } from './testing/ticks.ts';

const env = {
  FLOWLOOM_HTTP_PORT: '0',
  FLOWLOOM_HTTP_HOST: '127.0.0.1',
  FLOWLOOM_LOG_LEVEL: 'silent',
  FLOWLOOM_AGGREGATOR_METRICS_INTERVAL_MS: '100',
};

/** An aggregator on a bus of its own. */
async function started(more: NodeJS.ProcessEnv) {
  const config = loadConfig([...commonSections, aggregatorConfig], { env: { ...env, ...more } });
  const bus = new EmbeddedBus();
  const running = await bootstrapServices({ services: [aggregatorService], config, openBus: () => bus });
  return { bus, running };
}

/** One request. */
function someRequests(): Uint8Array {
  const requests = new Batch(taggedRequest);
  const request = { protocol: 'http', endpoint: '/cart', response_status: 'ok', has_request: true, has_response: true };
  appendRow(requests, { ...request, start_us: midnight, end_us: midnight + 1500 });
  return encodeArrow(requests);
}

it('turns flows and requests into logs, metrics and a Prometheus page, on the embedded bus', async () => {
  const { bus, running } = await started({ FLOWLOOM_AGGREGATOR_PUBLISH_LOGS: 'true' });
  const seen = new Map<string, BusRecord[]>();
  const topics = ['flowloom.flow-logs', 'flowloom.request-logs', 'otlp_metrics', 'otlp_logs', 'flowloom.dead-letter'];
  await bus.consume(
    { groupId: 'test', topics },
    { eachBatch: async ({ topic, records }) => void seen.set(topic, [...(seen.get(topic) ?? []), ...records]) },
  );
  const count = (topic: string) => seen.get(topic)?.length ?? 0;

  await bus.producer().send([
    { topic: 'flowloom.flows', partition: 1, value: encodeArrow(ticks({ bytes_tx: 70 }, { bytes_tx: 30 })) },
    { topic: 'flowloom.flows', partition: 1, value: encodeArrow(ticks({ start_us: midnight + 80 * second })) },
    { topic: 'flowloom.flows', partition: 1, value: 'poison' },
    { topic: 'flowloom.requests', partition: 1, key: '77', value: someRequests() },
  ]);
  await vi.waitFor(() => expect(topics.map(count).every((records) => records > 0)).toBe(true), 10_000);

  const [flowLog] = seen.get('flowloom.flow-logs')!;
  expect(JSON.parse(String(flowLog.value))).toMatchObject({ minute_us: midnight, bytes_tx: 100, status: 'ok' });
  expect(flowLog.partition).toBe(1);
  const [log] = seen.get('flowloom.request-logs')!;
  expect(JSON.parse(String(log.value))).toMatchObject({ duration_us: 1500, endpoint: '/cart' });
  expect(String(log.key)).toBe('77');
  const page = await (await fetch(`${running.url}/metrics/traffic`)).text();
  expect(page).toMatch(/flowloom_network_io_bytes_total\{.*network_io_direction="transmit"\} 100/);
  expect(page).toMatch(/flowloom_requests_total\{.*flowloom_endpoint="\/cart".*\} 1/);

  await running.close();
});

it('counts requests without logs of them, where that topic is not wanted', async () => {
  const { bus, running } = await started({ FLOWLOOM_AGGREGATOR_PUBLISH_REQUEST_LOGS: 'false' });
  await bus.producer().send([{ topic: 'flowloom.requests', partition: 1, value: someRequests() }]);
  await vi.waitFor(async () => {
    const page = await (await fetch(`${running.url}/metrics/traffic`)).text();
    expect(page).toMatch(/flowloom_requests_total\{.*flowloom_endpoint="\/cart".*\} 1/);
  }, 10_000);
  expect(await bus.endOffsets('flowloom.request-logs')).toEqual(expect.not.arrayContaining([1]));
  await running.close();
});
