import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { partitionOf } from '../murmur2.ts';
import type { Bus, BusBatch, OutgoingRecord } from '../port.ts';
import { Collector } from './collector.ts';

/** What every adapter of the bus must do: call it in a test file with a way to make buses that share one broker. */
export function busContract(makeBus: () => Bus): void {
  const open: Bus[] = [];
  const newBus = () => {
    const bus = makeBus();
    open.push(bus);
    return bus;
  };
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close();
  });

  /** A bus with a fresh topic, and a fresh group. */
  async function setUp(partitions = 3) {
    const bus = newBus();
    const topic = `contract.${randomUUID()}`;
    await bus.createTopics([{ name: topic, partitions, retentionMs: 3_600_000 }]);
    return { bus, topic, groupId: `group.${randomUUID()}` };
  }

  const numbered = (topic: string, count: number, more: Partial<OutgoingRecord> = {}): OutgoingRecord[] =>
    Array.from({ length: count }, (_, i) => ({ topic, value: `v${i}`, ...more }));

  test('a topic has the partitions it was made with, also when it is made again with others', async () => {
    const { bus, topic } = await setUp(5);
    await bus.createTopics([{ name: topic, partitions: 2 }]);
    expect(await bus.partitions(topic)).toBe(5);
  });

  test('an unknown topic is an error that another try does not mend', async () => {
    const { bus } = await setUp();
    const unknown = `unknown.${randomUUID()}`;
    await expect(bus.partitions(unknown)).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN', retryable: false });
    const sending = bus.producer().send([{ topic: unknown, value: 'x' }]);
    await expect(sending).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN', retryable: false });
  });

  test('key, value, headers, partition, offset and time come through', async () => {
    const { bus, topic, groupId } = await setUp(1);
    const timestampMs = Date.now() - 1234;
    const record = { key: 'k', value: Buffer.from([0, 255]), headers: { text: 'ü', bytes: new Uint8Array([1, 2]) } };
    await bus.producer().send([
      { topic, ...record, timestampMs },
      { topic, value: null },
    ]);
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic] }, collector);
    await collector.until(() => collector.records.length === 2);
    expect(collector.records[0]).toEqual({
      topic,
      partition: 0,
      offset: 0,
      timestampMs,
      key: Buffer.from('k'),
      value: Buffer.from([0, 255]),
      headers: { text: Buffer.from('ü'), bytes: Buffer.from([1, 2]) },
    });
    expect(collector.records[1]).toMatchObject({ key: null, value: null, headers: {}, offset: 1 });
  });

  test('a shared value comes through: as it is where the bus says so, and as bytes for who asks', async () => {
    const { bus, topic, groupId } = await setUp(1);
    let encoded = 0;
    const shared = { bytes: 10, encode: () => Buffer.from(`encoded ${++encoded}`) };
    await bus.producer().send([{ topic, value: null, shared }]);
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic] }, collector);
    await collector.until(() => collector.records.length === 1);
    const [record] = collector.records;
    expect(record.shared).toBe(bus.sharesValues ? shared : undefined);
    expect(encoded).toBe(bus.sharesValues ? 0 : 1);
    expect([String(record.value), String(record.value)]).toEqual(['encoded 1', 'encoded 1']);
  });

  test('a key goes to the partition that murmur2 names, a named partition wins, no key goes round', async () => {
    const { bus, topic, groupId } = await setUp(3);
    const keys = ['10.0.0.1-10.0.0.2', '', 'a', 'flow', 'äöü'];
    const producer = bus.producer();
    await producer.send(keys.map((key) => ({ topic, key, value: `key ${key}` })));
    await producer.send([{ topic, key: 'a', partition: 2, value: 'named' }]);
    await producer.send(numbered(topic, 30));
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic] }, collector);
    await collector.until(() => collector.records.length === keys.length + 31);
    const partitionOfValue = new Map(collector.records.map((record) => [String(record.value), record.partition]));
    for (const key of keys) expect(partitionOfValue.get(`key ${key}`)).toBe(partitionOf(key, 3));
    expect(partitionOfValue.get('named')).toBe(2);
    const used = new Set(numbered(topic, 30).map(({ value }) => partitionOfValue.get(String(value))));
    expect([...used].sort()).toEqual([0, 1, 2]);
  });

  test('records of a partition come in their order, in batches of the asked size', async () => {
    const { bus, topic, groupId } = await setUp(1);
    const value = 'x'.repeat(1000);
    await bus.producer().send(Array.from({ length: 100 }, (_, i) => ({ topic, value, headers: { i: String(i) } })));
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic], maxBatchBytes: 12_000 }, collector);
    await collector.until(() => collector.records.length === 100);
    expect(collector.records.map((record) => Number(record.headers.i))).toEqual([...Array(100).keys()]);
    expect(collector.batches.length).toBeGreaterThan(5);
  });

  test('a record larger than the batch size still comes', async () => {
    const { bus, topic, groupId } = await setUp(1);
    await bus.producer().send([{ topic, value: Buffer.alloc(300_000) }]);
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic], maxBatchBytes: 10_000 }, collector);
    await collector.until(() => collector.records.length === 1);
    expect(collector.records[0].value).toHaveLength(300_000);
  });

  test('offset and metadata of a commit are read back at the next assignment, and reading goes on there', async () => {
    const { bus, topic, groupId } = await setUp(1);
    await bus.producer().send(numbered(topic, 10));
    const first = new Collector({ commits: false });
    const consumer = await bus.consume({ groupId, topics: [topic] }, first);
    await first.until(() => first.records.length === 10);
    expect(first.readBack).toEqual([undefined]);
    await first.assignedTo[0].commit({ offset: 4, metadata: 'closed=1700000000' });
    await consumer.close();
    expect(await bus.committed(groupId, topic)).toEqual(new Map([[0, { offset: 4, metadata: 'closed=1700000000' }]]));

    const second = new Collector();
    await bus.consume({ groupId, topics: [topic] }, second);
    await second.until(() => second.records.length === 6);
    expect(second.readBack).toEqual([{ offset: 4, metadata: 'closed=1700000000' }]);
    expect(second.values).toEqual(['v4', 'v5', 'v6', 'v7', 'v8', 'v9']);
  });

  test('what was not committed comes again to the next consumer', async () => {
    const { bus, topic, groupId } = await setUp(1);
    await bus.producer().send(numbered(topic, 5));
    const first = new Collector({ commits: false });
    const consumer = await bus.consume({ groupId, topics: [topic] }, first);
    await first.until(() => first.records.length === 5);
    await consumer.close();
    const second = new Collector();
    await bus.consume({ groupId, topics: [topic] }, second);
    await second.until(() => second.records.length === 5);
    expect(second.values).toEqual(first.values);
  });

  test('a group without a commit begins at the end when it says so', async () => {
    const { bus, topic, groupId } = await setUp(1);
    const producer = bus.producer();
    await producer.send(numbered(topic, 5));
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic], from: 'latest' }, collector);
    await producer.send([{ topic, value: 'new' }]);
    await collector.until(() => collector.records.length > 0);
    expect(collector.values).toEqual(['new']);
  });

  test('a handler that throws gets the same records again, and nothing is skipped', async () => {
    const { bus, topic, groupId } = await setUp(1);
    await bus.producer().send(numbered(topic, 3));
    const collector = new Collector();
    const calls: string[][] = [];
    const eachBatch = (batch: BusBatch) => {
      calls.push(batch.records.map((record) => String(record.value)));
      if (calls.length < 3) throw new Error('not yet');
      return collector.eachBatch(batch);
    };
    await bus.consume({ groupId, topics: [topic] }, { eachBatch });
    await collector.until(() => collector.records.length === 3);
    expect(calls).toEqual([calls[0], calls[0], ['v0', 'v1', 'v2']]);
  });

  test('assigned is called again when it throws, and revoked that throws stops nothing', async () => {
    const { bus, topic, groupId } = await setUp(1);
    await bus.producer().send(numbered(topic, 1));
    const collector = new Collector();
    let calls = 0;
    const consumer = await bus.consume(
      { groupId, topics: [topic] },
      {
        eachBatch: (batch) => collector.eachBatch(batch),
        assigned: () => {
          if (++calls < 3) throw new Error('not yet');
        },
        revoked: () => Promise.reject(new Error('never')),
      },
    );
    await collector.until(() => collector.records.length === 1);
    expect(calls).toBe(3);
    await consumer.close();
    expect(await bus.committed(groupId, topic)).toEqual(new Map([[0, { offset: 1, metadata: '' }]]));
  });

  test('seek goes back and forth', async () => {
    const { bus, topic, groupId } = await setUp(1);
    await bus.producer().send(numbered(topic, 5));
    const collector = new Collector({ commits: false });
    await bus.consume(
      { groupId, topics: [topic] },
      {
        eachBatch: (batch) => collector.eachBatch(batch),
        assigned: (partition) => {
          collector.assigned(partition);
          partition.seek(3);
        },
      },
    );
    await collector.until(() => collector.records.length === 2);
    expect(collector.values).toEqual(['v3', 'v4']);
    collector.assignedTo[0].seek(1);
    await collector.until(() => collector.records.length === 6);
    expect(collector.values.slice(2)).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  test('a paused partition gives nothing until it is resumed, while others go on', async () => {
    const { bus, topic, groupId } = await setUp(2);
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic] }, collector);
    await collector.until(() => collector.assignedTo.length === 2);
    const paused = collector.assignedTo.find(({ partition }) => partition === 0)!;
    paused.pause();
    const producer = bus.producer();
    await producer.send([{ topic, partition: 0, value: 'held' }]);
    for (let i = 0; i < 5; i++) {
      await producer.send([{ topic, partition: 1, value: `free ${i}` }]);
      await collector.until(() => collector.values.includes(`free ${i}`));
    }
    expect(collector.values).not.toContain('held');
    paused.resume();
    await collector.until(() => collector.values.includes('held'));
  });

  test('two members share the partitions, and one that closes leaves its own to the other without a loss', async () => {
    const { bus, topic, groupId } = await setUp(4);
    const [a, b] = [new Collector(), new Collector()];
    await bus.consume({ groupId, topics: [topic] }, a);
    const second = newBus();
    const other = await second.consume({ groupId, topics: [topic] }, b);
    await b.until(() => b.assignedTo.length === 2);
    await a.until(() => a.revokedFrom.length === 2);
    const producer = bus.producer();
    await producer.send([0, 1, 2, 3].map((partition) => ({ topic, partition, value: `first ${partition}` })));
    await Promise.all([a, b].map((collector) => collector.until(() => collector.records.length === 2)));
    await other.close();
    await producer.send([0, 1, 2, 3].map((partition) => ({ topic, partition, value: `second ${partition}` })));
    await a.until(() => a.records.length === 6);
    const all = [...a.values, ...b.values].sort();
    expect(all).toEqual(['first', 'second'].flatMap((word) => [0, 1, 2, 3].map((partition) => `${word} ${partition}`)));
  });

  test('who lost a partition can no longer commit it', async () => {
    const { bus, topic, groupId } = await setUp(2);
    const [a, b] = [new Collector(), new Collector()];
    await bus.consume({ groupId, topics: [topic] }, a);
    await newBus().consume({ groupId, topics: [topic] }, b);
    await b.until(() => b.assignedTo.length === 1);
    await a.until(() => a.revokedFrom.length === 1);
    expect(a.revokedFrom[0].signal.aborted).toBe(true);
    await expect(a.revokedFrom[0].commit({ offset: 0 })).rejects.toMatchObject({ code: 'FENCED', retryable: false });
  });

  test('an orderly close lets a running handler finish and revoked commit', async () => {
    const { bus, topic, groupId } = await setUp(1);
    await bus.producer().send(numbered(topic, 3));
    const seen: string[] = [];
    let started = () => {};
    const running = new Promise<void>((resolve) => (started = resolve));
    let finish = () => {};
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const consumer = await bus.consume(
      { groupId, topics: [topic] },
      {
        eachBatch: async () => {
          started();
          await gate;
          seen.push('handled');
        },
        revoked: async (partition) => {
          seen.push('revoked');
          await partition.commit({ offset: 2, metadata: 'last words' });
        },
      },
    );
    await running;
    const closing = consumer.close();
    finish();
    await closing;
    expect(seen).toEqual(['handled', 'revoked']);
    expect(await bus.committed(groupId, topic)).toEqual(new Map([[0, { offset: 2, metadata: 'last words' }]]));
  });

  for (const transactional of [false, true]) {
    test(`outputs and offset of a commit go out together (transactional: ${transactional})`, async () => {
      const { bus, topic, groupId } = await setUp(2);
      const output = `${topic}.out`;
      await bus.createTopics([{ name: output, partitions: 1 }]);
      await bus.producer().send(numbered(topic, 20));
      const results = new Collector();
      await bus.consume({ groupId: `${groupId}.out`, topics: [output] }, results);
      await bus.consume(
        { groupId, topics: [topic], transactional, maxBatchBytes: 100 },
        {
          eachBatch: async ({ partition, records }) => {
            const outputs = records.map(({ value }) => ({ topic: output, value }));
            await partition.commit({ offset: records.at(-1)!.offset + 1, metadata: 'm', outputs });
          },
        },
      );
      await results.until(() => results.records.length === 20);
      expect(new Set(results.values).size).toBe(20);
      await bus.close();
      const committed = await newBus().committed(groupId, topic);
      expect([...committed.values()].reduce((sum, { offset }) => sum + offset, 0)).toBeGreaterThanOrEqual(20);
    });
  }

  test('a transaction writes records and offsets; a younger producer of the same id fences the older', async () => {
    const { bus, topic, groupId } = await setUp(1);
    const transactionalId = `tx.${randomUUID()}`;
    const older = bus.producer({ transactionalId });
    const offsets = (offset: number) => [{ topic, partition: 0, offset, metadata: `m${offset}` }];
    await older.transaction([{ topic, value: 'one' }], groupId, offsets(1));
    const younger = bus.producer({ transactionalId });
    await younger.transaction([{ topic, value: 'two' }], groupId, offsets(2));
    await expect(older.transaction([{ topic, value: 'lost' }], groupId, offsets(3))).rejects.toMatchObject({
      code: 'FENCED',
      retryable: false,
    });
    expect(await bus.committed(groupId, topic)).toEqual(new Map([[0, { offset: 2, metadata: 'm2' }]]));
    const collector = new Collector();
    await bus.consume({ groupId: `${groupId}.reader`, topics: [topic] }, collector);
    await collector.until(() => collector.records.length === 2);
    expect(collector.values).toEqual(['one', 'two']);
  });

  test('an idempotent producer sends all of what is given to it at the same time, each send in its order', async () => {
    const { bus, topic, groupId } = await setUp(3);
    const producer = bus.producer({ idempotent: true });
    const sends = Array.from({ length: 10 }, (_, i) => [0, 1, 2].map((n) => ({ topic, key: `k${n}`, value: `${i}` })));
    await Promise.all(sends.map((records) => producer.send(records)));
    const collector = new Collector();
    await bus.consume({ groupId, topics: [topic] }, collector);
    await collector.until(() => collector.records.length === 30);
    for (const key of ['k0', 'k1', 'k2']) {
      const values = collector.records.filter((record) => String(record.key) === key).map(({ value }) => String(value));
      expect(values).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
    }
    await producer.close();
  });

  test('a closed producer refuses, and one without an id has no transactions', async () => {
    const { bus, topic, groupId } = await setUp(1);
    const producer = bus.producer();
    await expect(producer.transaction([], groupId, [])).rejects.toMatchObject({ code: 'INVALID' });
    await producer.close();
    await expect(producer.send([{ topic, value: 'x' }])).rejects.toMatchObject({ code: 'CLOSED', retryable: false });
  });
}
