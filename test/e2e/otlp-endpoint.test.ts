import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, freePorts, type JaegerServer, missing, startJaeger, titled } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, Flowloom } from './harness/flowloom.ts';

const reason = await missing('root', 'jaeger');

describe.skipIf(reason)(titled('flowloom run and its OTLP endpoint', reason), () => {
  let shop: Server;
  let folder: string;
  let jaeger: JaegerServer | undefined;
  let flowloom: Flowloom;
  let page: string;
  let otlpPort: number;

  beforeAll(async () => {
    build();
    folder = mkdtempSync(join(tmpdir(), 'flowloom-otlp-'));
    shop = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
    const ports = await freePorts(2);
    otlpPort = ports[0];
    page = `http://127.0.0.1:${ports[1]}`;
    const env = {
      FLOWLOOM_HTTP_HOST: '127.0.0.1',
      FLOWLOOM_HTTP_PORT: String(ports[1]),
      FLOWLOOM_AGGREGATOR_METRICS_INTERVAL_MS: '500',
      OTEL_METRIC_EXPORT_INTERVAL: '2000',
      OTEL_METRIC_EXPORT_TIMEOUT: '2000',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpPort}`,
    };
    flowloom = new Flowloom(['run', '--no-ebpf', '--interface', 'lo', '--out', folder], { env });
    await flowloom.ready(`${page}/readyz`);
  });

  afterAll(async () => {
    await flowloom?.end('SIGKILL');
    await jaeger?.stop();
    shop?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const buy = (book: string) => fetch(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/books/${book}`);
  const isWritten = (book: string) => readFileSync(join(folder, 'traces.ndjson'), 'utf8').includes(`/books/${book}`);
  /** What Jaeger has of the time before, as text: our questions are traced, too. */
  const stored = async (untilMs: number) => {
    const ask = async (path: string) => (await fetch(`${jaeger!.url}/api/v3/${path}`)).text();
    const { services = [] } = JSON.parse(await ask('services')) as { services?: string[] };
    const [from, to] = [untilMs - 600_000, untilMs].map((ms) => new Date(ms).toISOString());
    const time = `query.start_time_min=${from}&query.start_time_max=${to}&query.num_traces=10000`;
    const texts = services.map((service) => ask(`traces?query.service_name=${encodeURIComponent(service)}&${time}`));
    return (await Promise.all(texts)).join();
  };
  const exported = async () =>
    Number(
      /^flowloom_tracer_spans_exported_total (\d+)/m.exec(await (await fetch(`${page}/metrics`)).text())?.[1] ?? 0,
    );

  it('writes traces to the file while the endpoint refuses connections', async () => {
    for (const book of ['first', 'second']) {
      await buy(book);
      await eventually(async () => isWritten(book), `the trace of ${book}`, 15_000);
    }
    expect(await exported()).toBe(0);
  });

  it('sends what waited once there is a Jaeger', async () => {
    jaeger = await startJaeger({ otlpHttpPort: otlpPort });
    await buy('third');
    const boughtMs = Date.now() + 1000;
    await eventually(async () => isWritten('third'), 'the trace of third in the file', 15_000);
    const has = async (book: string) => {
      await sleep(500); // each question is traced, too
      return (await stored(boughtMs)).includes(`/books/${book}`);
    };
    for (const book of ['first', 'second', 'third']) await eventually(() => has(book), `the trace of ${book}`, 40_000);
  });

  it('says once that Jaeger takes no metrics, and what to set', async () => {
    const lines = () =>
      (flowloom.stdout + flowloom.stderr)
        .split('\n')
        .filter((line) => /takes no metrics|own traces and metrics/.test(line));
    await eventually(async () => lines().length === 2, 'both lines', 60_000);
    await sleep(3000);
    expect(lines()).toEqual([
      expect.stringMatching(/OTEL_METRICS_EXPORTER=none/),
      expect.stringMatching(/OTEL_METRICS_EXPORTER=none/),
    ]);
  });

  it('ends in order', async () => {
    expect(await flowloom.end('SIGTERM')).toBe(0);
  });
});
