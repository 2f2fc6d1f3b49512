import type { Bus, BusRecord } from '@flowloom/bus';
import { EmbeddedBus } from '@flowloom/bus/embedded';
import { decodeOtlp } from '@flowloom/otlp/testing';
import { encodeArrow } from '@flowloom/records/arrow';
import { bootstrapServices, commonSections, loadConfig, type RunningServices } from '@flowloom/service-kit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { batchOf, type Row, request } from './testing/scenario.ts';
import { tracerConfig } from './tracer.config.ts';
import { tracerService } from './tracer.service.ts';

const env = {
  FLOWLOOM_HTTP_PORT: '0',
  FLOWLOOM_HTTP_HOST: '127.0.0.1',
  FLOWLOOM_LOG_LEVEL: 'silent',
  FLOWLOOM_TRACER_SETTLE_MS: '100',
  FLOWLOOM_TRACER_ADVANCE_MS: '20',
  FLOWLOOM_TOPIC_PARTITIONS: '1',
};

let running: RunningServices | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(more: Record<string, string> = {}): Promise<{ bus: Bus; spans: BusRecord[] }> {
  const bus: Bus = new EmbeddedBus({ onEvent: () => {} });
  const config = loadConfig([...commonSections, tracerConfig], { env: { ...env, ...more } });
  running = await bootstrapServices({ services: [tracerService], config, openBus: () => bus });
  const spans: BusRecord[] = [];
  await bus.consume(
    { groupId: 'test', topics: ['otlp_spans'] },
    {
      eachBatch: async ({ records, partition }) => {
        spans.push(...records);
        await partition.commit({ offset: records.at(-1)!.offset + 1 });
      },
    },
  );
  return { bus, spans };
}

async function send(bus: Bus, ...rows: Row[]): Promise<void> {
  await sendTo(bus, 0, ...rows);
}

async function sendTo(bus: Bus, partition: number, ...rows: Row[]): Promise<void> {
  const producer = bus.producer();
  await producer.send([{ topic: 'flowloom.requests', partition, value: encodeArrow(batchOf(rows)) }]);
  await producer.close();
}

const now = () => Date.now() * 1000;

describe('the tracer service', () => {
  it('reads requests and writes one OTLP request of one trace per record, keyed by the trace id', async () => {
    const { bus, spans } = await start();
    const at = { start_us: now(), end_us: now() + 100 };
    await send(bus, request({ ...at, req_tcp_seq: 1, observation_point: 'c' }), request({ ...at, req_tcp_seq: 2 }));
    await send(bus, request({ ...at, req_tcp_seq: 1, observation_point: 's' }));
    await vi.waitFor(() => expect(spans).toHaveLength(2), 5_000);
    for (const { key, value } of spans) {
      const { resourceSpans } = decodeOtlp('ExportTraceServiceRequest', value!);
      expect(resourceSpans[0].schemaUrl).toBe('https://opentelemetry.io/schemas/1.45.0');
      const traceIds = resourceSpans.flatMap((one: { scopeSpans: { spans: { traceId: string }[] }[] }) =>
        one.scopeSpans[0].spans.map(({ traceId }) => Buffer.from(traceId, 'base64').toString('hex')),
      );
      expect(new Set(traceIds)).toEqual(new Set([key!.toString()]));
    }
  });

  it('commits only up to the oldest request that is still open', async () => {
    const { bus, spans } = await start();
    const at = { start_us: now(), end_us: now() + 100 };
    await send(bus, request({ ...at, req_tcp_seq: 1, parent_request_id: 'ffffffffffffffff' }));
    await send(bus, request({ ...at, req_tcp_seq: 2 }));
    await vi.waitFor(() => expect(spans).toHaveLength(1), 5_000);
    const committed = await bus.committed('flowloom-tracer', 'flowloom.requests');
    expect(committed.get(0)?.offset).toBe(0);
  });

  it('sends a poison record to the dead letters and goes on', async () => {
    const { bus, spans } = await start();
    const producer = bus.producer();
    await producer.send([{ topic: 'flowloom.requests', key: 'k', value: 'not Arrow' }]);
    await send(bus, request({ start_us: now(), end_us: now(), req_tcp_seq: 1 }));
    await vi.waitFor(() => expect(spans).toHaveLength(1), 5_000);
    expect((await bus.endOffsets('flowloom.dead-letter')).some((offset) => offset > 0)).toBe(true);
  });

  it('writes to the topic at once what an endpoint that is away does not take, where nobody keeps the rows', async () => {
    const { bus, spans } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    for (let i = 1; i <= 3; i++) {
      await send(bus, request({ start_us: now(), end_us: now() + 100, req_tcp_seq: i }));
      await vi.waitFor(() => expect(spans).toHaveLength(i), 5_000);
    }
  });

  it('publishes what is open when the process of an embedded bus ends', async () => {
    const { bus } = await start();
    const close = bus.close.bind(bus);
    bus.close = async () => {};
    await send(bus, request({ start_us: now(), end_us: now(), req_tcp_seq: 1, parent_request_id: 'ffffffffffffffff' }));
    const metrics = () => fetch(`${running!.url}/metrics`).then((response) => response.text());
    await vi.waitFor(async () => expect(await metrics()).toMatch(/flowloom_tracer_rows_total 1/));
    expect(await bus.endOffsets('otlp_spans')).toEqual([0]);
    await running!.close();
    expect(await bus.endOffsets('otlp_spans')).toEqual([1]);
    await close();
  });

  it('keeps children below their parents in other partitions when it ends', async () => {
    const { bus, spans } = await start({ FLOWLOOM_TOPIC_PARTITIONS: '2', FLOWLOOM_TRACER_SETTLE_MS: '60000' });
    const at = { start_us: now(), end_us: now() + 100 };
    const parent = request({ ...at, req_tcp_seq: 1 });
    await sendTo(bus, 0, request({ ...at, req_tcp_seq: 2, parent_request_id: parent.request_id }));
    await sendTo(bus, 1, parent);
    const metrics = () => fetch(`${running!.url}/metrics`).then((response) => response.text());
    await vi.waitFor(async () => expect(await metrics()).toMatch(/flowloom_tracer_rows_total 2/));
    const close = bus.close.bind(bus);
    bus.close = async () => {};
    await running!.close();
    await vi.waitFor(() => expect(spans).toHaveLength(2));
    expect(new Set(spans.map(({ key }) => key!.toString())).size).toBe(1);
    await close();
  });
});
