import { freePorts, type OtlpSink, startOtlpSink } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DoctorOptions, doctor } from './doctor.ts';

describe('flowloom doctor', () => {
  let sink: OtlpSink;
  let status = 200;
  let nowhere: string;
  beforeAll(async () => {
    sink = await startOtlpSink(() => status);
    nowhere = `127.0.0.1:${(await freePorts(1))[0]}`;
  });
  afterAll(() => sink.stop());

  async function run(env: NodeJS.ProcessEnv, more: Partial<DoctorOptions> = {}) {
    const lines: string[] = [];
    const code = await doctor({ ready: [], ebpf: true, env, ...more }, (line) => lines.push(line));
    return { code, lines, text: lines.join('\n') };
  }

  it('is content where nothing is configured to be reached', async () => {
    const { code, text } = await run({}, { only: ['reach'] });
    expect(code).toBe(0);
    for (const name of ['kafka', 'redis', 'clock', 'kubernetes', 'otlp']) {
      expect(text).toMatch(new RegExp(`^  skipped  ${name} `, 'm'));
    }
    expect(text).toMatch(/nothing is lacking$/);
  });

  it('sends an export without spans to the OTLP endpoint, with its headers', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-token=a=b' };
    expect((await run(env, { only: ['otlp'] })).code).toBe(0);
    expect(sink.exports.at(-1)).toMatchObject({ path: '/v1/traces', contentType: 'application/x-protobuf' });
    expect(sink.exports.at(-1)!.headers['x-token']).toBe('a=b');
    status = 503;
    const { code, text } = await run(env, { only: ['otlp'] });
    status = 200;
    expect(code).toBe(1);
    expect(text).toContain('HTTP 503');
  });

  it('says of each server that does not answer what to look at', async () => {
    const env = {
      KAFKA_BROKERS: nowhere,
      FLOWLOOM_KAFKA_CONNECT_TIMEOUT_MS: '200',
      REDIS_URL: `redis://user:secret@${nowhere}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${nowhere}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBECONFIG: '/nowhere',
    };
    const { code, lines } = await run(env, { only: ['reach'], ready: [`http://${nowhere}`], json: true });
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('secret');
    const { lacking, checks } = JSON.parse(lines[0]);
    expect(lacking).toBe(5);
    for (const name of ['kafka', 'redis', 'kubernetes', 'otlp', nowhere]) {
      expect(checks).toContainEqual({
        name,
        group: 'reach',
        status: 'lacking',
        detail: expect.stringMatching(/\w/),
        remedy: expect.stringMatching(/\w/),
      });
    }
  });

  it('leaves out what only system calls need when there are to be none', async () => {
    expect((await run({}, { only: ['node'] })).text).toContain('tracefs');
    expect((await run({}, { only: ['node'], ebpf: false })).text).not.toContain('tracefs');
  });

  it.each([
    [{}, ['kafaka'], /no check kafaka: there are .*kafka/],
    [{ KAFKA_BROKERS: 'kafka' }, ['kafka'], /KAFKA_BROKERS: expected host:port/],
    [{ FLOWLOOM_TAGER_LABELS: 'x' }, ['node'], /FLOWLOOM_TAGER_LABELS: unknown setting/],
  ])('refuses %j with %j by exit code 2', async (env, only, message) => {
    await expect(run(env, { only })).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });
});
