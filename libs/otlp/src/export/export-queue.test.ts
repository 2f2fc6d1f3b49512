import { describe, expect, it } from 'vitest';
import { defaultQueue, type ExportEvent, ExportQueue } from './export-queue.ts';
import type { ExportResult, OtlpExporter } from './exporter.ts';
import { defaultRetry, RetryingOtlpExporter } from './retrying-exporter.ts';

class ScriptedExporter implements OtlpExporter {
  readonly requests: Uint8Array[] = [];
  readonly results: ExportResult[];
  gate: Promise<void> = Promise.resolve();
  closed = false;

  constructor(...results: ExportResult[]) {
    this.results = results;
  }

  async export(request: Uint8Array): Promise<ExportResult> {
    await this.gate;
    if (this.closed) return { kind: 'failed', reason: 'closed' };
    this.requests.push(request);
    return this.results.shift() ?? { kind: 'ok' };
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

const bytes = (length: number): Uint8Array => new Uint8Array(length);

describe('the export queue', () => {
  it('joins requests up to its size and counts every item', async () => {
    const exporter = new ScriptedExporter();
    const events: ExportEvent[] = [];
    const queue = new ExportQueue(exporter, (event) => events.push(event), {
      ...defaultQueue,
      maxRequestBytes: 100,
      concurrency: 1,
    });
    for (let i = 0; i < 3; i++) await queue.put(bytes(40), 2);
    await queue.flush();
    expect(exporter.requests.map((request) => request.length)).toEqual([80, 40]);
    expect(events).toEqual([
      { type: 'exported', items: 4, bytes: 80 },
      { type: 'exported', items: 2, bytes: 40 },
    ]);
  });

  it('holds its producer back while it is full, and drops with a count after the wait', async () => {
    const exporter = new ScriptedExporter();
    const gate = Promise.withResolvers<void>();
    exporter.gate = gate.promise;
    const events: ExportEvent[] = [];
    const options = { ...defaultQueue, maxBytes: 100, maxWaitMs: 20 };
    const queue = new ExportQueue(exporter, (event) => events.push(event), options);
    await queue.put(bytes(90), 1);
    await queue.put(bytes(90), 7);
    expect(events).toEqual([{ type: 'dropped', items: 7, reason: 'queue_full', detail: '90 bytes wait' }]);
    const third = queue.put(bytes(50), 1);
    gate.resolve();
    await third;
    await queue.flush();
    expect(exporter.requests).toHaveLength(2);
  });

  it('drops at once what is only offered, where there is no room', async () => {
    const exporter = new ScriptedExporter();
    const events: ExportEvent[] = [];
    const queue = new ExportQueue(exporter, (event) => events.push(event), { ...defaultQueue, maxBytes: 100 });
    queue.offer(bytes(90), 1);
    queue.offer(bytes(20), 5);
    expect(events).toEqual([{ type: 'dropped', items: 5, reason: 'queue_full', detail: '90 bytes wait' }]);
    await queue.flush();
    queue.offer(bytes(20), 2);
    await queue.flush();
    expect(exporter.requests.map(({ length }) => length)).toEqual([90, 20]);
  });

  it('reports rejected and failed items', async () => {
    const exporter = new ScriptedExporter(
      { kind: 'partial', rejected: 2, message: 'old' },
      { kind: 'failed', reason: 'HTTP 400' },
      { kind: 'unsupported', reason: 'HTTP 404' },
    );
    const events: ExportEvent[] = [];
    const queue = new ExportQueue(exporter, (event) => events.push(event));
    await queue.put(bytes(1), 5);
    await queue.flush();
    await queue.put(bytes(1), 3);
    await queue.flush();
    await queue.put(bytes(1), 7);
    await queue.close();
    expect(events).toEqual([
      { type: 'exported', items: 3, bytes: 1 },
      { type: 'rejected', items: 2, message: 'old' },
      { type: 'dropped', items: 3, reason: 'failed', detail: 'HTTP 400' },
      { type: 'dropped', items: 7, reason: 'unsupported', detail: 'HTTP 404' },
    ]);
  });

  it('counts as dropped what it could not send before it closed', async () => {
    const exporter = new ScriptedExporter();
    const gate = Promise.withResolvers<void>();
    exporter.gate = gate.promise;
    const events: ExportEvent[] = [];
    const queue = new ExportQueue(exporter, (event) => events.push(event), { ...defaultQueue, closeMs: 5 });
    await queue.put(bytes(1), 4);
    setTimeout(gate.resolve, 30);
    await queue.close();
    expect(events).toEqual([{ type: 'dropped', items: 4, reason: 'failed', detail: 'closed' }]);
  });
});

describe('retry', () => {
  const clock = { ms: 0 };
  const pauses: number[] = [];
  const options = {
    ...defaultRetry,
    now: () => clock.ms,
    random: () => 1,
    sleep: async (ms: number) => {
      pauses.push(ms);
      clock.ms += ms;
    },
  };

  it('waits longer each time, or as long as the receiver asks, and stops at success', async () => {
    const busy: ExportResult = { kind: 'retryable', reason: 'busy' };
    const exporter = new ScriptedExporter(busy, busy, { ...busy, retryAfterMs: 7 }, { kind: 'ok' });
    expect(await new RetryingOtlpExporter(exporter, options).export(bytes(1))).toEqual({ kind: 'ok' });
    expect(pauses).toEqual([1000, 2000, 7]);
  });

  it('gives up after its time and never sends again what failed for good', async () => {
    const endless = new ScriptedExporter(...Array(100).fill({ kind: 'retryable', reason: 'away' }));
    const result = await new RetryingOtlpExporter(endless, options).export(bytes(1));
    expect(result).toEqual({ kind: 'failed', reason: 'gave up: away' });
    const refused = new ScriptedExporter({ kind: 'failed', reason: 'HTTP 400' });
    await new RetryingOtlpExporter(refused, options).export(bytes(1));
    expect(refused.requests).toHaveLength(1);
  });
});
