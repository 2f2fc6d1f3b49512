import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BusEvent, partitionOf } from '@flowloom/bus';
import { KafkaBus, type KafkaBusOptions } from '@flowloom/bus/kafka';
import { KafkaBroker, kafkaMissing } from '@flowloom/testkit/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Collector } from '../../../libs/bus/src/testing/collector.ts';

const missing = await kafkaMissing();
if (missing) console.warn(`skipped: the bus when brokers and members fail, ${missing}`);
const hasKcat = spawnSync('kcat', ['-V']).status === 0;
if (!hasKcat) console.warn('skipped: comparison with another client, kcat is not installed');

describe.skipIf(missing)('Kafka when brokers and members fail', () => {
  let broker: KafkaBroker;
  const open: KafkaBus[] = [];
  const events: BusEvent[] = [];
  const newBus = (options: Partial<KafkaBusOptions> = {}) => {
    const onEvent = (event: BusEvent) => void events.push(event);
    const bus = new KafkaBus({ brokers: [broker.address], clientId: 'failures', onEvent, ...options });
    open.push(bus);
    return bus;
  };
  const countOf = (type: BusEvent['type']) => events.filter((event) => event.type === type).length;

  beforeAll(async () => {
    broker = await KafkaBroker.start();
  });
  afterAll(() => broker?.remove());
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close();
    events.length = 0;
  });

  test('no broker at the start is one event, and after the deadline one typed error', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    const bus = newBus({ brokers: [`127.0.0.1:${port}`], connectTimeoutMs: 3000 });
    const creating = bus.createTopics([{ name: 't', partitions: 1 }]);
    await expect(creating).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', retryable: true });
    expect(events).toEqual([{ type: 'disconnected', broker: `127.0.0.1:${port}`, reason: expect.any(String) }]);
  });

  test('a broker that comes within the deadline is found', async () => {
    await broker.stop();
    const bus = newBus({ connectTimeoutMs: 60_000 });
    const creating = bus.createTopics([{ name: `late.${randomUUID()}`, partitions: 1 }]);
    await sleep(1500);
    await broker.start();
    await creating;
    expect([countOf('disconnected'), countOf('connected')]).toEqual([1, 1]);
  });

  test.skipIf(!hasKcat)('keys map to the partitions that librdkafka gives them by Kafka’s default', async () => {
    const bus = newBus();
    const topic = `keys.${randomUUID()}`;
    await bus.createTopics([{ name: topic, partitions: 7 }]);
    const keys = Array.from({ length: 200 }, (_, i) => `10.0.${i % 5}.${i}-10.1.0.${i * 7}`);
    const flags = ['-P', '-b', broker.address, '-t', topic, '-K', '\t', '-X', 'topic.partitioner=murmur2_random'];
    const produced = spawnSync('kcat', flags, { input: keys.map((key) => `${key}\tx\n`).join('') });
    expect(produced.status).toBe(0);
    const collector = new Collector();
    await bus.consume({ groupId: randomUUID(), topics: [topic] }, collector);
    await collector.until(() => collector.records.length === keys.length);
    for (const { key, partition } of collector.records) expect(partition).toBe(partitionOf(key!, 7));
  });

  test('a broker that is killed and away for 20 s under load loses nothing', async () => {
    const bus = newBus();
    const topic = `away.${randomUUID()}`;
    await bus.createTopics([{ name: topic, partitions: 3 }]);
    const collector = new Collector();
    await bus.consume({ groupId: randomUUID(), topics: [topic] }, collector);
    const producer = bus.producer();
    let next = 0;
    let isRunning = true;
    const load = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (isRunning) {
          const n = next++;
          await producer.send([{ topic, key: `k${n % 50}`, value: `v${n}` }]);
          await sleep(5);
        }
      }),
    );
    await sleep(2000);
    await broker.kill();
    await sleep(20_000);
    await broker.start();
    await sleep(3000);
    isRunning = false;
    await load;
    const seen = () => new Set(collector.values);
    await collector.until(() => seen().size === next);
    expect(next).toBeGreaterThan(100);
    // One line per outage, not one per try; a broker that is just coming back may go once more.
    expect(countOf('disconnected')).toBeGreaterThan(0);
    expect(countOf('disconnected')).toBeLessThanOrEqual(3);
  });

  test('a request whose answer comes too late goes out again: what an idempotent producer sent is kept once', async () => {
    const bus = newBus();
    const topic = `late.${randomUUID()}`;
    await bus.createTopics([{ name: topic, partitions: 2 }]);
    const producers = { plain: bus.producer(), once: bus.producer({ idempotent: true }) };
    const send = (what: string) =>
      Promise.all(
        Object.entries(producers).map(([name, producer]) =>
          producer.send([0, 1].map((partition) => ({ topic, partition, value: `${name} ${what} ${partition}` }))),
        ),
      );
    await send('before');
    await broker.pause();
    const late = send('late');
    await sleep(32_000); // longer than kafkajs waits for an answer
    broker.resume();
    await late;
    await send('after');
    const collector = new Collector();
    await bus.consume({ groupId: randomUUID(), topics: [topic] }, collector);
    const of = (name: string) => collector.values.filter((value) => value.startsWith(name));
    await collector.until(() => new Set(collector.values).size === 12);
    expect(of('plain').length, 'the fault of this test').toBeGreaterThan(6);
    expect(of('once').sort()).toEqual(
      ['after 0', 'after 1', 'before 0', 'before 1', 'late 0', 'late 1'].map((x) => `once ${x}`),
    );
  });

  test('members that are killed while they copy in transactions repeat nothing and lose nothing', async () => {
    const bus = newBus();
    const id = randomUUID();
    const [input, output, groupId] = [`in.${id}`, `out.${id}`, `group.${id}`];
    await bus.createTopics([input, output].map((name) => ({ name, partitions: 12 })));
    const values = Array.from({ length: 20_000 }, (_, i) => `value ${i}`);
    await bus.producer().send(values.map((value) => ({ topic: input, value })));
    const collector = new Collector();
    await bus.consume({ groupId: `${groupId}.reader`, topics: [output] }, collector);

    const copier = fileURLToPath(new URL('copier.ts', import.meta.url));
    const start = () => spawn(process.execPath, [copier, broker.address, groupId, input, output]);
    let running: ChildProcess[] = [start(), start()];
    for (let kills = 0; kills < 3; kills++) {
      const atLeast = (kills + 1) * 3000;
      await collector.until(() => collector.records.length >= atLeast);
      const victim = running[kills % 2];
      victim.kill('SIGKILL');
      await once(victim, 'exit');
      running = running.map((child) => (child === victim ? start() : child));
    }
    await collector.until(() => new Set(collector.values).size === values.length);
    for (const child of running) child.kill('SIGKILL');
    const read = collector.records.map(({ partition, offset, value }) => `${partition}/${offset} ${value}`).sort();
    // A record that was delivered twice is at the same place; a copy that was committed twice, or not at all, is not.
    expect(repeated(read)).toEqual([]);
    if (hasKcat) expect(read).toEqual(readCommitted(broker.address, output));
    expect(repeated(collector.values)).toEqual([]);
    expect(read.length).toBe(values.length);
  });
});

function repeated(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size);
}

/** Place and value of all committed records, as librdkafka reads them. */
function readCommitted(address: string, topic: string): string[] {
  const flags = ['-C', '-b', address, '-t', topic, '-e', '-q', '-X', 'isolation.level=read_committed'];
  const { stdout } = spawnSync('kcat', [...flags, '-f', '%p/%o %s\\n'], { maxBuffer: 16 * 1024 * 1024 });
  return String(stdout).trimEnd().split('\n').sort();
}
