import pino from 'pino';
import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { emitter, event } from './events.ts';
import { Metrics } from './metrics.ts';

const types = {
  rowsTagged: event<{ topic: string; rows: number; seconds: number }>({
    doc: 'A batch got its tags',
    metrics: [
      { kind: 'counter', name: 'rows', unit: '{row}', doc: 'Rows tagged', labels: ['topic'], value: 'rows' },
      { kind: 'histogram', name: 'batch.duration', unit: 's', doc: 'Time', value: 'seconds', buckets: [0.1, 1] },
    ],
  }),
  lookupFailed: event<{ reason: string }>({
    doc: 'A lookup failed',
    metrics: [{ kind: 'counter', name: 'lookup.failures', doc: 'Failed lookups', labels: ['reason'] }],
    log: { level: 'warn', message: ({ reason }) => `no tags: ${reason}`, atMostEveryMs: 1000 },
  }),
};

let registry: Registry;
let lines: Record<string, unknown>[];
let now: number;
const make = () =>
  emitter(
    {
      metrics: new Metrics(registry, 'tagger'),
      log: pino({ base: {} }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
      now: () => now,
    },
    types,
  );

beforeEach(() => {
  registry = new Registry();
  lines = [];
  now = 0;
});

test('an event moves the metrics that it declares, by its fields', async () => {
  const emit = make();
  emit.rowsTagged({ topic: 'flows.raw', rows: 3, seconds: 0.5 });
  emit.rowsTagged({ topic: 'flows.raw', rows: 4, seconds: 0.05 });
  const page = await registry.metrics();
  expect(page).toContain('flowloom_tagger_rows_total{topic="flows.raw"} 7');
  expect(page).toContain('flowloom_tagger_batch_duration_seconds_bucket{le="0.1"} 1');
  expect(page).toContain('flowloom_tagger_batch_duration_seconds_count 2');
  expect(lines).toEqual([]);
});

test('an event that repeats too soon is counted, and the next line says how often', async () => {
  const emit = make();
  for (now of [0, 10, 20, 1500]) emit.lookupFailed({ reason: 'redis is away' });
  expect(await registry.metrics()).toContain('flowloom_tagger_lookup_failures_total{reason="redis is away"} 4');
  expect(lines.map(({ msg, repeated }) => [msg, repeated])).toEqual([
    ['no tags: redis is away', undefined],
    ['no tags: redis is away', 2],
  ]);
  expect(lines[0].event).toBe('lookupFailed');
});

test('two emitters of one service share their metrics', async () => {
  make().lookupFailed({ reason: 'a' });
  make().lookupFailed({ reason: 'a' });
  expect(await registry.metrics()).toContain('flowloom_tagger_lookup_failures_total{reason="a"} 2');
});

test('a sum and a gauge are read when somebody looks', async () => {
  const metrics = new Metrics(registry, 'capturer');
  let drops = 1;
  metrics.sum({ name: 'kernel.drops', doc: 'Dropped by the kernel', labels: ['interface'] }, () => [
    { value: drops, labels: { interface: 'eth0' } },
  ]);
  metrics.gauge({ name: 'queue.size', unit: 'By', doc: 'Waiting' }, () => 42);
  drops = 9;
  const page = await registry.metrics();
  expect(page).toContain('flowloom_capturer_kernel_drops_total{interface="eth0"} 9');
  expect(page).toContain('flowloom_capturer_queue_size_bytes 42');
});
