import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { EmbeddedBus } from '@flowloom/bus/embedded';
import { appendRow, Batch, type Topic, taggedRequest, topicName, topics } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import { Pages, type ServiceContext } from '@flowloom/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logTap } from './log-tap.ts';

const prefix = 'flowloom.';
const flow = '{"flow_id":"1"}';
const request = { request_id: '0000000000000002', start_us: 5, end_us: 7 };
/** Rows of `requests`. */
const rows = () => {
  const batch = new Batch(taggedRequest);
  appendRow(batch, request);
  return encodeArrow(batch);
};
const isRequest = expect.objectContaining({ ...request, duration_us: 2 });

describe('logTap', () => {
  let out: string;
  let bus: EmbeddedBus;
  let end: () => Promise<void>;

  beforeEach(async () => {
    out = mkdtempSync(join(tmpdir(), 'flowloom-tap-'));
    bus = new EmbeddedBus();
    const names = Object.values(topics).map((topic) => topicName(topic, prefix));
    await bus.createTopics(names.map((name) => ({ name, partitions: 1 })));
  });
  afterEach(async () => {
    await end();
    await bus.close();
    rmSync(out, { recursive: true });
  });

  /** The tap on the bus; returns its pages. */
  async function tap(options: Parameters<typeof logTap>[0]): Promise<Pages> {
    const pages = new Pages();
    const context = { bus, pages, common: { bus: { topicPrefix: prefix } } } as unknown as ServiceContext<never>;
    const { module } = await logTap(options).create(context);
    const { providers = [] } = module as { providers?: { useValue: { onApplicationShutdown(): Promise<void> } }[] };
    end = () => providers[0].useValue.onApplicationShutdown();
    return pages;
  }

  async function send(topic: Topic, value: string | Uint8Array): Promise<void> {
    await bus.producer().send([{ topic: topicName(topic, prefix), partition: 0, value }]);
  }

  it('shows what was last', async () => {
    const pages = await tap({});
    await send(topics.requests, rows());
    const page = pages.find('/observe')!;
    const shown = () => (page.body(new URLSearchParams({ last: '5' })) as Readable).toArray();
    await vi.waitFor(async () => expect(await shown()).toHaveLength(1));
    expect(JSON.parse(String((await shown())[0]))).toEqual(isRequest);
  });

  it('prints flow and request logs, and nothing else', async () => {
    const printed: string[] = [];
    await tap({ print: (line) => printed.push(line) });
    await send(topics.otlpMetrics, new Uint8Array(0));
    await send(topics.flowLogs, flow);
    await send(topics.requests, rows());
    await vi.waitFor(() => expect(printed).toHaveLength(2));
    expect(printed.map((line) => JSON.parse(line))).toEqual([JSON.parse(flow), isRequest]);
  });

  it('writes each topic to its file, and leaves out what cannot be read', async () => {
    await tap({ out });
    await send(topics.flowLogs, flow);
    await send(topics.requests, rows());
    await send(topics.requests, 'no rows');
    await send(topics.otlpSpans, Buffer.from('ff', 'hex'));
    const group = 'flowloom-observe';
    await vi.waitFor(async () => {
      for (const [topic, offset] of [
        [topics.flowLogs, 1],
        [topics.requests, 2],
        [topics.otlpSpans, 1],
      ] as const) {
        expect((await bus.committed(group, topicName(topic, prefix))).get(0)?.offset).toBe(offset);
      }
    });
    // Also before the end: who looks at the files of a running `flowloom run` wants to see what there is.
    const text = (name: string) => readFileSync(join(out, `${name}.ndjson`), 'utf8');
    expect([text('flow-logs'), text('traces')]).toEqual([`${flow}\n`, '']);
    expect(JSON.parse(text('request-logs'))).toEqual(isRequest);
  });
});
