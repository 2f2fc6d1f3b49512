import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestLog } from '@flowloom/records';
import { eventually, missing, titled } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from './harness/flowloom.ts';
import { readJson, readTopic, writeTopic } from './harness/kcat.ts';
import { expectedAnswers, expectedHops, hopsOf, repeated, total } from './harness/shop-hops.ts';
import { needs, ShopPipeline } from './harness/shop-pipeline.ts';

const reason = await missing(...needs);
const REQUESTS = 500;
const AWAY_MS = 20_000;

describe.skipIf(reason)(titled('services whose bus is in trouble', reason), () => {
  let pipeline: ShopPipeline;

  beforeAll(async () => {
    build();
    pipeline = await ShopPipeline.start({ FLOWLOOM_TRANSACTIONS: 'true' });
  });

  afterAll(() => pipeline?.close());

  it('a record that is none goes to the dead letters with its reason, and the others on', async () => {
    const { address } = pipeline.kafka;
    await writeTopic(address, 'flowloom.flows.raw', 'not Arrow');
    const read = () => readTopic(address, 'flowloom.dead-letter');
    await eventually(async () => (await read()).length > 0, 'the dead letter');
    const [{ payload, headers }, ...more] = await read();
    expect(more).toEqual([]);
    expect(payload).toBe('not Arrow');
    const named = Object.fromEntries(headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : [])));
    expect(named).toMatchObject({
      'flowloom-dead-topic': 'flowloom.flows.raw',
      'flowloom-dead-reason': expect.stringMatching(/arrow/i),
    });
  });

  it('a broker that is away for 20 s under load: nothing is lost, and nothing repeated', async () => {
    const read = () => readJson<RequestLog>(pipeline.kafka.address, 'flowloom.request-logs');
    const load = pipeline.shop.traffic(REQUESTS, 20);
    await sleep(2000);
    await pipeline.kafka.stop();
    await sleep(AWAY_MS);
    await pipeline.kafka.start();
    expect(await load).toEqual(expectedAnswers(REQUESTS));
    const expected = expectedHops(REQUESTS);
    await eventually(async () => total(hopsOf(await read())) >= total(expected), 'the logs', 40_000).catch(() => {});
    const rows = await read();
    expect(hopsOf(rows)).toEqual(expected);
    expect(repeated(rows)).toBe(0);
  });

  it('a broker that is away at the start: says that it waits, and begins when the broker is there', async () => {
    await pipeline.service('tagger').end('SIGTERM');
    await pipeline.kafka.stop();
    const ended = pipeline.service('tagger');
    const started = pipeline.startService('tagger');
    const says = () =>
      pipeline.service('tagger') !== ended && pipeline.service('tagger').stderr.includes('disconnected from');
    await eventually(says, 'a line about it');
    expect(pipeline.service('tagger').hasEnded).toBe(false);
    await pipeline.kafka.start();
    await started;
  });
});
