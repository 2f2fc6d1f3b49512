import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Health } from '../health/health.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { busEventListener } from './bus-events.ts';

describe('what the bus reports', () => {
  const registry = new Registry();
  const sinks = { metrics: new Metrics(registry, 'bus'), log: pino({ level: 'silent' }) };
  const listen = busEventListener(sinks, new Health().component('bus'));
  const lags = async () => (await registry.getSingleMetric('flowloom_bus_lag_records')!.get()).values;
  const receive = (partition: number, lag: number) =>
    listen({ type: 'received', topic: 'flows', partition, records: 1, bytes: 10, lag });

  it('tells the lag of each partition, and no more that of one that was taken away', async () => {
    receive(0, 7);
    receive(1, 5);
    expect(await lags()).toMatchObject([
      { value: 7, labels: { topic: 'flows', partition: '0' } },
      { value: 5, labels: { topic: 'flows', partition: '1' } },
    ]);
    listen({ type: 'rebalanced', groupId: 'tagger', assigned: 1, revoked: 2 });
    receive(1, 4);
    expect(await lags()).toMatchObject([{ value: 4, labels: { partition: '1' } }]);
  });
});
