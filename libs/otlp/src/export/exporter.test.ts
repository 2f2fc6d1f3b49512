import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grpcReceiver, httpReceiver, type Receiver } from '../testing/receivers.ts';
import type { OtlpExporter } from './exporter.ts';
import { GrpcOtlpExporter } from './grpc-exporter.ts';
import { HttpOtlpExporter } from './http-exporter.ts';
import { type ExportSettings, readExportSettings, readSharedSettings } from './settings.ts';

function settings(url: string, more: Record<string, string> = {}): ExportSettings {
  const result = readExportSettings('traces', { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more });
  if (result.kind !== 'settings') throw new Error(JSON.stringify(result));
  return result.settings;
}

const adapters = [
  ['http/protobuf', httpReceiver, async (s: ExportSettings) => new HttpOtlpExporter(s)],
  ['grpc', grpcReceiver, (s: ExportSettings) => GrpcOtlpExporter.connect(s)],
] as const;

describe.each(adapters)('an OTLP exporter over %s', (protocol, open, connect) => {
  let receiver: Receiver;
  let exporter: OtlpExporter;
  const request = new Uint8Array([10, 2, 10, 0]);

  beforeEach(async () => {
    receiver = await open();
    const env = {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b,authorization=k=v',
    };
    exporter = await connect(settings(receiver.url, env));
  });
  afterEach(async () => {
    await exporter.close();
    await receiver.close();
  });

  it('sends the request as it is, with the configured headers, to the path of its signal', async () => {
    expect(await exporter.export(request)).toEqual({ kind: 'ok' });
    expect(new Uint8Array(receiver.received[0].body)).toEqual(request);
    expect(receiver.received[0].headers).toMatchObject({ 'x-tenant': 'a b', authorization: 'k=v' });
    expect(receiver.received[0].path).toBe('/v1/traces');
  });

  it('reports what the receiver rejected', async () => {
    receiver.answers.push({ body: new Uint8Array([10, 7, 8, 0x96, 1, 18, 2, 0x6e, 0x6f]) });
    expect(await exporter.export(request)).toEqual({ kind: 'partial', rejected: 150, message: 'no' });
  });

  it('tells failures that may be retried from those that may not', async () => {
    receiver.answers.push({ fail: 'retryable' }, { fail: 'permanent' });
    expect(await exporter.export(request)).toMatchObject({ kind: 'retryable' });
    expect(await exporter.export(request)).toMatchObject({ kind: 'failed' });
  });

  it('tells a receiver that takes nothing of this signal', async () => {
    receiver.answers.push({ fail: 'unsupported' });
    expect(await exporter.export(request)).toMatchObject({
      kind: 'unsupported',
      reason: expect.stringMatching(/404|12/),
    });
  });

  it('calls a receiver that is away retryable', async () => {
    await receiver.close();
    expect(await exporter.export(request)).toMatchObject({ kind: 'retryable' });
  });

  it('compresses with gzip where it is asked to', async () => {
    const zipped = await connect(
      settings(receiver.url, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }),
    );
    const large = new Uint8Array(10_000).fill(7);
    expect(await zipped.export(large)).toEqual({ kind: 'ok' });
    expect(receiver.received.at(-1)!.body.length).toBe(10_000);
    await zipped.close();
  });

  it('exports nothing any more once it is closed', async () => {
    await exporter.close();
    expect(await exporter.export(request)).toEqual({ kind: 'failed', reason: 'closed' });
  });
});

describe('export settings', () => {
  it('are off without an endpoint', () => {
    expect(readExportSettings('metrics', {})).toEqual({ kind: 'off' });
  });

  it('add the path of the signal to the common endpoint only', () => {
    expect(settings('http://collector:4318/base/').endpoint.href).toBe('http://collector:4318/base/v1/traces');
    const own = settings('http://x:1', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://own:9/in' });
    expect(own.endpoint.href).toBe('https://own:9/in');
    expect(settings('collector:4317', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).endpoint.href).toBe(
      'http://collector:4317/',
    );
  });

  it('of all signals win over the environment, which says the rest, and are refused where they are wrong', () => {
    const shared = { endpoint: 'http://a:1', protocol: 'grpc', headers: ['x-a=1', 'x-b=2'], timeoutMs: 500 };
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' };
    const read = readSharedSettings('metrics', shared, env);
    expect(read).toMatchObject({ protocol: 'grpc', headers: { 'x-a': '1', 'x-b': '2' }, timeoutMs: 500, gzip: true });
    expect(read?.endpoint.href).toBe('http://a:1/');
    expect(readSharedSettings('metrics', { ...shared, endpoint: '' }, env)).toBeUndefined();
    expect(() => readSharedSettings('metrics', { ...shared, protocol: 'pigeon' }, env)).toThrow('use grpc or');
  });

  it('turn a signal off where another exporter is named for it', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_METRICS_EXPORTER: 'none' };
    expect(readExportSettings('metrics', env)).toEqual({ kind: 'off' });
    expect(readExportSettings('traces', env)).toMatchObject({ kind: 'settings' });
    expect(readExportSettings('metrics', { ...env, OTEL_METRICS_EXPORTER: 'console, otlp' }).kind).toBe('settings');
  });

  it.each([
    ['no URL', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://' }],
    ['an unknown protocol', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier-pigeon' }],
    ['no number', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' }],
    [
      'a certificate that is not there',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_CERTIFICATE: '/x' },
    ],
  ])('say in one line what is wrong: %s', (_, env) => {
    expect(readExportSettings('traces', env)).toMatchObject({ kind: 'invalid' });
  });
});
