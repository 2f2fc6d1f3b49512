import { appendRow, Batch, rawFlow, recordHeaders } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import { of } from 'rxjs';
import { expect, test } from 'vitest';
import { EmbeddedBus } from '../embedded/index.ts';
import type { AssignedPartition, BusBatch } from '../port.ts';
import { Collector } from '../testing/collector.ts';
import type { BatchContext } from './batch-context.ts';
import { BusStrategy } from './bus.strategy.ts';
import { assignedOf, revokedOf } from './patterns.ts';

async function setUp() {
  const events: string[] = [];
  const bus = new EmbeddedBus();
  await bus.createTopics(['flowloom.flows.raw', 'flowloom.dead-letter'].map((name) => ({ name, partitions: 1 })));
  const strategy = new BusStrategy({
    bus,
    groupId: 'tagger',
    prefix: 'flowloom.',
    deadLetterTopic: 'flowloom.dead-letter',
    onEvent: (event) => void (event.type === 'dead-lettered' && events.push(`${event.topic}: ${event.reason}`)),
  });
  const listen = () => new Promise<void>((resolve, reject) => void strategy.listen((e) => (e ? reject(e) : resolve())));
  return { bus, strategy, listen, events };
}

const flows = (agent: string) => {
  const batch = new Batch(rawFlow);
  appendRow(batch, { agent });
  return { topic: 'flowloom.flows.raw', value: encodeArrow(batch), headers: recordHeaders(rawFlow) };
};

test('a handler gets a whole batch in one call, by the topic without its prefix', async () => {
  const { bus, strategy, listen } = await setUp();
  await bus.producer().send([flows('a'), flows('b')]);
  const collector = new Collector();
  strategy.addHandler('flows.raw', async (batch: BusBatch) => of(await collector.eachBatch(batch)), true);
  await listen();
  await collector.until(() => collector.records.length === 2);
  expect(collector.batches.length).toBe(1);
  await strategy.close();
  expect(await bus.committed('tagger', 'flowloom.flows.raw')).toEqual(new Map([[0, { offset: 2, metadata: '' }]]));
});

test('a poison record goes to the dead letters with its headers and the reason, the others are handled', async () => {
  const { bus, strategy, listen, events } = await setUp();
  const poison = { topic: 'flowloom.flows.raw', key: 'k', value: 'no arrow', headers: { origin: 'test' } };
  await bus.producer().send([flows('a'), poison, flows('b')]);
  const agents: string[] = [];
  const collector = new Collector();
  strategy.addHandler(
    'flows.raw',
    async (batch: BusBatch, context: BatchContext) => {
      for (const { rows } of await context.decode(rawFlow)) agents.push(rows.columns.agent.get(0));
      await collector.eachBatch(batch);
    },
    true,
  );
  await listen();
  await collector.until(() => collector.records.length === 3);
  expect(agents).toEqual(['a', 'b']);
  const dead = new Collector();
  await bus.consume({ groupId: 'person', topics: ['flowloom.dead-letter'] }, dead);
  await dead.until(() => dead.records.length === 1);
  const { key, value, headers } = dead.records[0];
  expect([String(key), String(value)]).toEqual(['flowloom.flows.raw', 'no arrow']);
  expect(Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]))).toEqual({
    origin: 'test',
    'flowloom-dead-reason': expect.stringContaining('not an Arrow stream'),
    'flowloom-dead-topic': 'flowloom.flows.raw',
    'flowloom-dead-partition': '0',
    'flowloom-dead-offset': '1',
    'flowloom-dead-key': 'k',
  });
  expect(events).toEqual([expect.stringContaining('flowloom.flows.raw: not an Arrow stream')]);
  await strategy.close();
});

test('handlers learn of partitions that come and go, and can commit at the close', async () => {
  const { bus, strategy, listen } = await setUp();
  const told: string[] = [];
  strategy.addHandler('flows.raw', async () => of(undefined), true);
  strategy.addHandler(assignedOf('flows.raw'), async (p: AssignedPartition) => of(told.push(`+${p.partition}`)), true);
  strategy.addHandler(
    revokedOf('flows.raw'),
    async (partition: AssignedPartition) => {
      told.push(`-${partition.partition}`);
      await partition.commit({ offset: 0, metadata: 'closed' });
    },
    true,
  );
  await listen();
  await strategy.close();
  expect(told).toEqual(['+0', '-0']);
  expect((await bus.committed('tagger', 'flowloom.flows.raw')).get(0)).toEqual({ offset: 0, metadata: 'closed' });
});

test('a topic that is missing fails the start', async () => {
  const { strategy, listen } = await setUp();
  strategy.addHandler('unknown', async () => of(undefined), true);
  await expect(listen()).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' });
});
