import {
  bootstrapServices,
  commonSections,
  defineConfig,
  defineService,
  inSpan,
  loadConfig,
} from '@flowloom/service-kit';
import { startOtlpSink } from '@flowloom/testkit';
import { expect, test } from 'vitest';

test('a service sends its own spans and metrics to the OTLP endpoint, all of them before it ends', async () => {
  const sink = await startOtlpSink();
  const config = defineConfig({ name: 'sample', doc: 'A sample.', prefix: 'FLOWLOOM_SAMPLE_', keys: {} });
  const env = {
    FLOWLOOM_HTTP_PORT: '0',
    FLOWLOOM_HTTP_HOST: '127.0.0.1',
    FLOWLOOM_LOG_LEVEL: 'silent',
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
  };
  const service = defineService({
    name: 'sample',
    config,
    create: ({ metrics }) => {
      metrics.counter({ name: 'rows', unit: '{row}', doc: 'Rows' })(7);
      class SampleModule {}
      return { module: SampleModule };
    },
  });
  const running = await bootstrapServices({
    services: [service],
    config: loadConfig([...commonSections, config], { env }),
  });
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
