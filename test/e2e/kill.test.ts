import type { RequestLog } from '@flowloom/records';
import { eventually, missing, titled } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from './harness/flowloom.ts';
import { readJson } from './harness/kcat.ts';
import { expectedAnswers, expectedHops, hopsOf, repeated, total } from './harness/shop-hops.ts';
import { needs, ShopPipeline } from './harness/shop-pipeline.ts';

const reason = await missing(...needs);
const REQUESTS = 600;

describe.skipIf(reason)(titled('services that are killed and started again under load', reason), () => {
  let pipeline: ShopPipeline;

  beforeAll(async () => {
    build();
    pipeline = await ShopPipeline.start({ FLOWLOOM_TRANSACTIONS: 'true' });
  });

  afterAll(() => pipeline?.close());

  it('lose no request and repeat none', async () => {
    const read = () => readJson<RequestLog>(pipeline.kafka.address, 'flowloom.request-logs');
    const load = pipeline.shop.traffic(REQUESTS, 30);
    for (const name of ['tagger', 'aggregator', 'tracer'] as const) {
      const before = (await read()).length;
      await eventually(async () => (await read()).length > before + 20, 'request logs on their way');
      expect(await pipeline.service(name).end('SIGKILL')).toBe(137);
      await pipeline.startService(name);
    }
    expect(await load).toEqual(expectedAnswers(REQUESTS));
    const expected = expectedHops(REQUESTS);
    await eventually(async () => total(hopsOf(await read())) >= total(expected), 'the logs', 40_000).catch(() => {});
    await pipeline.stopServices();
    const rows = await read();
    expect(hopsOf(rows)).toEqual(expected);
    expect(repeated(rows)).toBe(0);
  });
});
