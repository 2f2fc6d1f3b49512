import { eventually, missing, startCollector, startJaeger, startOtlpSink, titled } from '@flowloom/testkit';
import { describe, expect, test } from 'vitest';

const [noJaeger, noCollector] = await Promise.all([missing('jaeger'), missing('collector')]);

/** OTLP/JSON as the specification's example has it (opentelemetry-proto, examples/trace.json), with the time of now. */
function exampleTrace() {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: "I'm a server span",
    startTimeUnixNano: String(nowNs - 1_000_000n),
    endTimeUnixNano: String(nowNs),
    kind: 2,
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'my.service' } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
}

const post = (url: string, body: unknown) =>
  fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe.skipIf(noJaeger)(titled('Jaeger', noJaeger), () => {
  test('takes a trace by OTLP and gives it back', async () => {
    const jaeger = await startJaeger();
    expect((await post(jaeger.otlpHttpUrl, exampleTrace())).status).toBe(200);
    const url = `${jaeger.url}/api/v3/traces/5b8efff798038103d269b633813fc60c`;
    await eventually(async () => (await fetch(url)).ok, 'the trace');
    expect(await (await fetch(url)).text()).toContain("I'm a server span");
    expect(await (await fetch(`${jaeger.url}/api/v3/services`)).json()).toEqual({ services: ['my.service'] });
    await jaeger.stop();
  });
});

describe.skipIf(noCollector)(titled('OpenTelemetry Collector', noCollector), () => {
  test('writes what it gets into its log and passes it on', async () => {
    const sink = await startOtlpSink();
    const collector = await startCollector({ forwardTo: sink.url });
    expect((await post(collector.otlpHttpUrl, exampleTrace())).status).toBe(200);
    await eventually(() => sink.json('traces').length === 1, 'the forwarded trace');
    expect(JSON.stringify(sink.json('traces'))).toContain("I'm a server span");
    expect(collector.log()).toContain('eee19b7ec3c1b174');
    await collector.stop();
    await sink.stop();
  });
});
