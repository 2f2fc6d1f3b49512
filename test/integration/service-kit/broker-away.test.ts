import { bootstrapServices, commonSections, loadConfig } from '@flowloom/service-kit';
import { KafkaBroker, kafkaMissing, titled } from '@flowloom/testkit';
import { describe, expect, test, vi } from 'vitest';

const reason = await kafkaMissing();

const readiness = async (url: string) => {
  const response = await fetch(`${url}/readyz`);
  return { code: response.status, ...((await response.json()) as { reasons: string[] }) };
};

describe.skipIf(reason)(titled('Kafka away at the start', reason), () => {
  test('a service answers its probes, says what it waits for, and goes on when the broker comes', async () => {
    const broker = await KafkaBroker.start();
    await broker.stop();
    const config = loadConfig(commonSections, {
      env: {
        KAFKA_BROKERS: broker.address,
        FLOWLOOM_KAFKA_CONNECT_TIMEOUT_MS: '500',
        FLOWLOOM_TOPIC_PARTITIONS: '3',
        FLOWLOOM_HTTP_PORT: '0',
        FLOWLOOM_HTTP_HOST: '127.0.0.1',
        FLOWLOOM_LOG_LEVEL: 'silent',
      },
    });
    const listening = Promise.withResolvers<string>();
    const starting = bootstrapServices({ services: [], config, onListening: listening.resolve });
    const url = await listening.promise;
    await vi.waitFor(async () => {
      const { code, reasons } = await readiness(url);
      expect(code).toBe(503);
      expect(reasons.find((text) => text.startsWith('bus: '))).toContain(broker.address);
    }, 10_000);

    await broker.start();
    const { bus, close } = await starting;
    expect(await readiness(url)).toMatchObject({ code: 200, reasons: [] });
    expect(await bus.partitions('flowloom.flows')).toBe(3);
    await close();
    await broker.remove();
  });
});
