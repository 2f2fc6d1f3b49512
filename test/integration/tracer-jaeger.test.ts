import { EmbeddedBus } from '@flowloom/bus/embedded';
import { encodeTraces, type Span, spanKind } from '@flowloom/otlp';
import { appendRow, Batch, type TaggedRequest, taggedRequest } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import { bootstrapServices, commonSections, loadConfig } from '@flowloom/service-kit';
import { eventually, type JaegerServer, missing, startJaeger, titled } from '@flowloom/testkit';
import { tracerConfig } from '@flowloom/tracer/config';
import { tracerService } from '@flowloom/tracer/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A span as Jaeger's /api/v3 gives it back: OTLP/JSON. */
interface JaegerSpan {
  readonly service: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status?: { code?: number };
  readonly attributes: { key: string; value: Record<string, unknown> }[];
  readonly links?: { readonly traceId: string; readonly spanId: string }[];
}

interface ResourceSpans {
  readonly resource: Pick<JaegerSpan, 'attributes'>;
  readonly scopeSpans: { readonly spans: JaegerSpan[] }[];
}

const traceId = (n: number) => `0af7651916cd43dd8448eb211c8000${n}0`;
const idOf = (n: number, k: number) => (n * 1000 + k).toString(16).padStart(16, '0');

/** nginx -> shop -> (Redis, prices): nginx passes X-Request-ID on, the rest is known from system calls. */
function shop(n: number, startUs: number): Partial<TaggedRequest>[] {
  const hop = (k: number, client: string, server: string, from: number, to: number, more: Partial<TaggedRequest>) =>
    ['c-p', 'c', 's', 's-p'].map((observation_point, i) => ({
      request_id: idOf(n, k * 10 + i),
      flow_id: idOf(n, k),
      observation_point,
      agent: i < 2 ? `${client}-node` : `${server}-node`,
      source: 'ebpf',
      transport: 'tcp',
      protocol: 'http',
      request_type: 'GET',
      endpoint: '/books/{id}',
      request_resource: '/books/7',
      response_code: '200',
      response_status: 'ok',
      has_request: true,
      has_response: true,
      req_tcp_seq: n * 100 + k,
      resp_tcp_seq: n * 100 + 50 + k,
      start_us: startUs + from + i * 10,
      end_us: startUs + to - i * 10,
      client_ip: `10.0.${n}.${client.length}`,
      server_ip: `10.0.${n}.${server.length}`,
      server_port: 80,
      client_workload: client,
      server_workload: server,
      ...more,
    }));
  const cause = { parent_request_id: idOf(n, 23), link: 'observed', link_rule: 'thread' };
  const proxied = { x_request_id: `request-${n}-abcdefgh`, trace_id: '', span_id: '' };
  return [
    ...hop(1, 'web', 'nginx', 0, 9_000, proxied),
    ...hop(2, 'nginx', 'bookshop', 500, 8_500, proxied),
    ...hop(3, 'bookshop', 'redis-1', 1_000, 2_000, { ...cause, protocol: 'redis', endpoint: '' }),
    ...hop(4, 'bookshop', 'prices-svc', 2_500, 8_000, {
      ...cause,
      response_code: '503',
      response_status: 'server_error',
    }),
  ];
}

const reason = await missing('jaeger');

describe.skipIf(reason)(titled('the tracer with a real Jaeger', reason), () => {
  let jaeger: JaegerServer;
  beforeAll(async () => {
    jaeger = await startJaeger();
  });
  afterAll(() => jaeger?.stop());

  async function trace(
    protocol: string,
    endpoint: string,
    rows: Partial<TaggedRequest>[],
    partitions = 3,
  ): Promise<void> {
    const env = {
      FLOWLOOM_HTTP_PORT: '0',
      FLOWLOOM_HTTP_HOST: '127.0.0.1',
      FLOWLOOM_LOG_LEVEL: 'silent',
      FLOWLOOM_SELF_TELEMETRY: 'false',
      FLOWLOOM_TRACER_SETTLE_MS: '100',
      FLOWLOOM_TRACER_ADVANCE_MS: '20',
      FLOWLOOM_TOPIC_PARTITIONS: String(partitions),
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    };
    const bus = new EmbeddedBus({ onEvent: () => {} });
    const config = loadConfig([...commonSections, tracerConfig], { env });
    const running = await bootstrapServices({ services: [tracerService], config, openBus: () => bus });
    const producer = bus.producer();
    // As the capturer does: each request goes to the partition of its sequence number, so a trace spans partitions.
    for (const [sequence, same] of Map.groupBy(rows, (row) => row.req_tcp_seq)) {
      const batch = new Batch(taggedRequest);
      for (const row of same) appendRow(batch, row);
      await producer.send([{ topic: 'flowloom.requests', key: String(sequence), value: encodeArrow(batch) }]);
    }
    const metrics = async () => (await fetch(`${running.url}/metrics`)).text();
    // What one point alone saw gives two spans.
    const alone = [...Map.groupBy(rows, (row) => row.req_tcp_seq).values()].filter(({ length }) => length === 1);
    const spans = rows.length + alone.length;
    await eventually(
      async () => (await metrics()).includes(`flowloom_tracer_spans_exported_total ${spans}`),
      'the export',
    );
    await producer.close();
    await running.close();
  }

  async function read(service: string, fromUs: number): Promise<JaegerSpan[]> {
    const at = (us: number) => new Date(us / 1000).toISOString();
    const query = `query.service_name=${service}&query.start_time_min=${at(fromUs - 60e6)}&query.start_time_max=${at(fromUs + 60e6)}&query.num_traces=20`;
    const found = await fetch(`${jaeger.url}/api/v3/traces?${query}`).then((response) => response.json());
    const withoutLinks = JSON.stringify(found, (key, value) => (key === 'links' ? undefined : value));
    const ids = new Set(withoutLinks.match(/(?<="traceId":")[0-9a-f]{32}/g));
    expect(ids.size).toBe(1);
    const answer = await fetch(`${jaeger.url}/api/v3/traces/${[...ids][0]}`);
    const { result } = (await answer.json()) as { result: { resourceSpans: ResourceSpans[] } };
    return result.resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const name = resource.attributes.find(({ key }) => key === 'service.name')!.value.stringValue as string;
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service: name })));
    });
  }

  it.each([
    ['http/protobuf', () => jaeger.otlpHttpUrl, 1],
    ['grpc', () => jaeger.otlpGrpcUrl, 2],
  ])('shows one trace with its services in order and no missing parent, over %s', async (protocol, endpoint, n) => {
    const startUs = Date.now() * 1000 - n * 300e6;
    await trace(protocol, endpoint(), shop(n, startUs));
    const spans = await read('bookshop', startUs);
    expect(spans).toHaveLength(16);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(spans.filter(({ parentSpanId }) => !parentSpanId).map(({ service }) => service)).toEqual(['web']);
    expect(spans.filter(({ parentSpanId }) => parentSpanId && !byId.has(parentSpanId))).toEqual([]);
    const pathOf = (span: JaegerSpan): string[] => {
      const above = span.parentSpanId ? pathOf(byId.get(span.parentSpanId)!) : [];
      return above.at(-1) === span.service ? above : [...above, span.service];
    };
    const leaves = spans.filter(({ spanId }) => !spans.some(({ parentSpanId }) => parentSpanId === spanId));
    expect(leaves.map((leaf) => pathOf(leaf).join(' > ')).sort()).toEqual([
      'web > nginx > bookshop > prices-svc',
      'web > nginx > bookshop > redis-1',
    ]);
    const failed = spans.filter(({ status }) => status?.code === 2);
    expect(new Set(failed.map(({ name }) => name))).toEqual(new Set(['GET /books/{id}']));
  });

  it('stands inside the trace of an application that sends traceparent', async () => {
    const startUs = Date.now() * 1000 - 900e6;
    const rows = shop(3, startUs).map((row) => ({ ...row, client_workload: `own-${row.client_workload}` }));
    const first = rows.filter(({ req_tcp_seq }) => req_tcp_seq === 301);
    const header = { trace_id: traceId(3), span_id: 'b7ad6b7169203331', trace_sampled: true };
    await trace(
      'http/protobuf',
      jaeger.otlpHttpUrl,
      first.map((row) => ({ ...row, ...header })),
    );
    const spans = await read('own-web', startUs);
    expect(spans).toHaveLength(4);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId!)).map(({ parentSpanId }) => parentSpanId)).toEqual(
      [header.span_id],
    );
  });

  it("has its place between the application's own spans, of which it is given the headers alone", async () => {
    const startUs = Date.now() * 1000 - 1500e6;
    const span = (k: number, parent: number, kind: Span['kind'], from: number, to: number): Span => ({
      traceId: traceId(5),
      spanId: idOf(5, k),
      parentSpanId: parent ? idOf(5, parent) : '',
      name: `own ${k}`,
      kind,
      startUs: startUs + from,
      endUs: startUs + to,
      attributes: {},
    });
    const own = (name: string, spans: Span[]) => ({
      resource: { attributes: { 'service.name': name } },
      scope: { name: 'sdk' },
      spans,
    });
    // browser --901--> cart (902), which asks --903--> stock (904): each asks by a client span, and hands on its id.
    const body = encodeTraces([
      own('sdk-browser', [span(901, 0, spanKind.client, 0, 10_000)]),
      own('sdk-cart', [span(902, 901, spanKind.server, 300, 9_700), span(903, 902, spanKind.client, 1_000, 8_000)]),
      own('sdk-stock', [span(904, 903, spanKind.server, 1_300, 7_700)]),
    ]);
    const headers = { 'content-type': 'application/x-protobuf' };
    expect((await fetch(`${jaeger.otlpHttpUrl}/v1/traces`, { method: 'POST', headers, body })).ok).toBe(true);
    const [call] = shop(5, startUs);
    const asked = (k: number, named: number, from: number, to: number, client: string, server: string) =>
      ['c-p', 's-p'].map((observation_point, i) => ({
        ...call,
        observation_point,
        request_id: idOf(5, k + i),
        req_tcp_seq: 500 + k,
        resp_tcp_seq: 550 + k,
        x_request_id: '',
        trace_id: traceId(5),
        span_id: idOf(5, named),
        trace_sampled: true,
        client_workload: client,
        server_workload: server,
        start_us: startUs + from + i * 50,
        end_us: startUs + to - i * 50,
      }));
    await trace('http/protobuf', jaeger.otlpHttpUrl, [
      ...asked(10, 901, 100, 9_900, 'sdk-browser', 'sdk-cart'),
      ...asked(20, 903, 1_100, 7_900, 'sdk-cart', 'sdk-stock'),
    ]);
    const spans = await read('sdk-cart', startUs);
    expect(spans).toHaveLength(8);
    const ids = new Map(spans.map((one) => [one.spanId, one]));
    expect(spans.filter(({ parentSpanId }) => !parentSpanId).map(({ name }) => name)).toEqual(['own 901']);
    expect(spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId))).toEqual([]);
    const seen = spans.filter(({ name, kind }) => name.startsWith('GET') && kind === spanKind.client);
    expect(seen.map(({ service, parentSpanId }) => `${service} below ${ids.get(parentSpanId!)?.name}`).sort()).toEqual([
      'sdk-browser below own 901',
      'sdk-cart below own 903',
    ]);
  });

  it('shows who sent a message as a link of who received it, and what the consumer did below it', async () => {
    const startUs = Date.now() * 1000 - 1200e6;
    const message = { protocol: 'kafka', request_resource: 'orders', endpoint: 'orders', trace_id: traceId(4) };
    const context = { ...message, span_id: 'c7ad6b7169203331', trace_sampled: true };
    const broker = { server_workload: 'kafka', server_ip: '10.0.4.4', server_port: 9092 };
    const [call] = shop(4, startUs);
    const hop = (k: number, from: number, to: number, more: Partial<TaggedRequest>) => ({
      ...call,
      request_id: idOf(4, k),
      flow_id: idOf(4, k + 100),
      req_tcp_seq: 400 + k,
      resp_tcp_seq: 450 + k,
      x_request_id: '',
      agent: 'messages-node',
      start_us: startUs + from,
      end_us: startUs + to,
      ...more,
    });
    const rows = [
      hop(71, 0, 900, { ...context, ...broker, request_type: 'Produce', client_workload: 'seller' }),
      hop(72, 1_000, 2_000, { ...context, ...broker, request_type: 'Fetch', client_workload: 'billing' }),
      hop(73, 3_000, 4_000, { client_workload: 'billing', server_workload: 'ledger', parent_request_id: idOf(4, 72) }),
    ];
    // One partition: who receives waits for who sent only as long as requests settle, which is short here.
    await trace('http/protobuf', jaeger.otlpHttpUrl, rows, 1);
    const sent = await read('seller', startUs);
    const received = await read('billing', startUs);
    const producer = sent.find(({ service }) => service === 'seller')!;
    expect(producer).toMatchObject({ name: 'produce orders', kind: 4, parentSpanId: context.span_id });
    const root = received.filter(({ parentSpanId }) => !parentSpanId);
    expect(root.map(({ name, service }) => `${service} ${name}`)).toEqual(['billing fetch orders']);
    expect(root[0].links?.map(({ spanId }) => spanId)).toEqual([context.span_id, producer.spanId]);
    const ids = new Set(received.map(({ spanId }) => spanId));
    expect(received.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId))).toEqual([]);
    expect(received.find(({ service }) => service === 'ledger')).toBeDefined();
  });
});
