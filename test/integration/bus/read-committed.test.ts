import { randomUUID } from 'node:crypto';
import { KafkaBus } from '@flowloom/bus/kafka';
import { KafkaBroker, kafkaMissing } from '@flowloom/testkit/kafka';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Collector } from '../../../libs/bus/src/testing/collector.ts';

const missing = await kafkaMissing();
if (missing) console.warn(`skipped: reading what transactions left behind, ${missing}`);

describe.skipIf(missing)('reading a topic that transactions wrote to', () => {
  let broker: KafkaBroker;
  let bus: KafkaBus;
  beforeAll(async () => {
    broker = await KafkaBroker.start();
    bus = new KafkaBus({ brokers: [broker.address], clientId: 'read-committed' });
  });
  afterAll(async () => {
    await bus?.close();
    await broker?.remove();
  });

  /** A transaction of a producer of its own, which stays open. */
  async function begin() {
    const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING });
    const producer = kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    const end = async (how: 'commit' | 'abort') => {
      await transaction[how]();
      await producer.disconnect();
    };
    return { transaction, end };
  }

  test('transactions that overlapped and were aborted in the other order are not delivered', async () => {
    const topic = `overlap.${randomUUID()}`;
    await bus.createTopics([{ name: topic, partitions: 1 }]);
    const [first, second, third] = [await begin(), await begin(), await begin()];
    const write = ({ transaction }: typeof first, value: string) =>
      transaction.send({ topic, messages: [{ partition: 0, key: 'k', value }] });
    await write(first, 'first, aborted');
    await write(second, 'second, aborted');
    await write(third, 'third, committed');
    await write(first, 'first again, aborted');
    await second.end('abort');
    await first.end('abort');
    await third.end('commit');
    await bus.producer().send([{ topic, value: 'the last' }]);

    const collector = new Collector();
    await bus.consume({ groupId: randomUUID(), topics: [topic] }, collector);
    await collector.until(() => collector.values.includes('the last'));
    expect(collector.values).toEqual(['third, committed', 'the last']);
  });
});
