import { describe, expect, test } from 'vitest';
import { busContract } from '../testing/bus-contract.ts';
import { Collector } from '../testing/collector.ts';
import { EmbeddedBus } from './embedded-bus.ts';

describe('the bus contract', () => {
  // One bus for all: the buses of a test stand for processes that share a broker.
  const shared = new EmbeddedBus();
  busContract(() => shared);
});

describe('bounds', () => {
  const big = 'x'.repeat(1000);

  test('send waits while a reader is behind by more than the bound, and goes on when it has read', async () => {
    const bus = new EmbeddedBus({ maxUnreadBytes: 5000 });
    await bus.createTopics([{ name: 't', partitions: 1 }]);
    const collector = new Collector();
    await bus.consume({ groupId: 'g', topics: ['t'], maxBatchBytes: 2000 }, collector);
    await collector.until(() => collector.assignedTo.length === 1);
    collector.assignedTo[0].pause();
    const producer = bus.producer();
    let sent = 0;
    const sending = (async () => {
      for (; sent < 20; sent++) await producer.send([{ topic: 't', value: big }]);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeGreaterThanOrEqual(4);
    expect(sent).toBeLessThan(7);
    collector.assignedTo[0].resume();
    await sending;
    await collector.until(() => collector.records.length === 20);
    await bus.close();
  });

  test('a reader that goes away no longer holds senders back', async () => {
    const bus = new EmbeddedBus({ maxUnreadBytes: 2000 });
    await bus.createTopics([{ name: 't', partitions: 1 }]);
    const collector = new Collector();
    const consumer = await bus.consume({ groupId: 'g', topics: ['t'] }, collector);
    collector.assignedTo[0].pause();
    const sending = bus.producer().send(Array.from({ length: 10 }, () => ({ topic: 't', value: big })));
    await sending;
    const waiting = bus.producer().send([{ topic: 't', value: big }]);
    await consumer.close();
    await waiting;
  });

  test('what nobody reads is kept up to the retention in bytes, the youngest first', async () => {
    const bus = new EmbeddedBus({ retentionBytes: 10_000 });
    await bus.createTopics([{ name: 't', partitions: 1 }]);
    const producer = bus.producer();
    for (let i = 0; i < 5000; i++) await producer.send([{ topic: 't', value: big, headers: { i: String(i) } }]);
    const collector = new Collector();
    await bus.consume({ groupId: 'g', topics: ['t'] }, collector);
    await collector.until(() => collector.records.at(-1)?.offset === 4999);
    expect(collector.records.length).toBeLessThan(25);
    expect(await bus.endOffsets('t')).toEqual([5000]);
    await bus.close();
  });

  test('what is older than the retention of its topic goes', async () => {
    let now = 1_000_000;
    const clock = { now: () => now, sleep: async () => {} };
    const bus = new EmbeddedBus({ clock });
    await bus.createTopics([{ name: 't', partitions: 1, retentionMs: 60_000 }]);
    const producer = bus.producer();
    await producer.send([{ topic: 't', value: 'old' }]);
    now += 61_000;
    await producer.send([{ topic: 't', value: 'new' }]);
    const collector = new Collector();
    await bus.consume({ groupId: 'g', topics: ['t'] }, collector);
    await collector.until(() => collector.records.length > 0);
    expect(collector.values).toEqual(['new']);
    await bus.close();
  });

  test('a handler is called again after pauses that double up to ten seconds', async () => {
    const pauses: number[] = [];
    const clock = { now: () => 0, sleep: async (ms: number) => void pauses.push(ms) };
    const bus = new EmbeddedBus({ clock });
    await bus.createTopics([{ name: 't', partitions: 1 }]);
    await bus.producer().send([{ topic: 't', value: 'x' }]);
    const collector = new Collector();
    let calls = 0;
    await bus.consume(
      { groupId: 'g', topics: ['t'] },
      { eachBatch: (batch) => (++calls < 10 ? Promise.reject(new Error('away')) : collector.eachBatch(batch)) },
    );
    await collector.until(() => collector.records.length === 1);
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    await bus.close();
  });
});
