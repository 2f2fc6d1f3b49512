import {
  bootstrapServices,
  commonSections,
  defineConfig,
  defineService,
  inSpan,
  loadConfig,
} from '@flowloom/service-kit';
import { eventually, startOtlpSink } from '@flowloom/testkit';
import { expect, test, vi } from 'vitest';

const config = defineConfig({ name: 'sample', doc: 'A sample.', prefix: 'FLOWLOOM_SAMPLE_', keys: {} });
const service = defineService({
  name: 'sample',
  config,
  create: ({ metrics }) => {
    metrics.counter({ name: 'rows', unit: '{row}', doc: 'Rows' })(7);
    class SampleModule {}
    return { module: SampleModule };
  },
});

function start(endpoint: string) {
  const quiet = { FLOWLOOM_HTTP_PORT: '0', FLOWLOOM_HTTP_HOST: '127.0.0.1', FLOWLOOM_LOG_LEVEL: 'silent' };
  const env = { ...quiet, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  return bootstrapServices({ services: [service], config: loadConfig([...commonSections, config], { env }) });
}

test('a service sends its own spans and metrics to the OTLP endpoint, all of them before it ends', async () => {
  const sink = await startOtlpSink();
  const running = await start(sink.url);
  await inSpan('flowloom.sample.batch', { rows: 7 }, async () => {});
  await running.close();

  // Names stand in protobuf as they are.
  const sent = (path: string) =>
    sink.exports.filter((each) => each.path === path).map(({ body }) => body.toString('latin1'));
  expect(sent('/v1/traces').join()).toContain('flowloom.sample.batch');
  expect(sent('/v1/traces').join()).toContain('flowloom-sample');
  expect(sent('/v1/metrics').join()).toContain('flowloom.sample.rows');
  await sink.stop();
});

test('what the endpoint refuses is counted', async () => {
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '50');
  const sink = await startOtlpSink(() => 400);
  const running = await start(sink.url);
  await inSpan('flowloom.sample.batch', {}, async () => {});
  const page = async () => (await fetch(`${running.url}/metrics`)).text();
  await eventually(async () => (await page()).includes('flowloom_telemetry_export_failures_total 1'), 'the count');
  await running.close();
  await sink.stop();
});
