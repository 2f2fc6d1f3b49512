import { type Bus, type BusBatch, BusError } from '@flowloom/bus';
import { EmbeddedBus } from '@flowloom/bus/embedded';
import { type BatchContext, BusStrategy } from '@flowloom/bus/nest';
import { Controller } from '@nestjs/common';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { commonSections } from '../config/common.ts';
import { loadConfig } from '../config/load.ts';
import { defineConfig } from '../config/section.ts';
import { bootstrapServices, type RunningServices } from './bootstrap.ts';
import { OnBatch } from './on-batch.ts';
import { defineService, type ServiceContext } from './service.ts';

const env = { FLOWLOOM_HTTP_PORT: '0', FLOWLOOM_HTTP_HOST: '127.0.0.1', FLOWLOOM_LOG_LEVEL: 'silent' };
const sampleConfig = defineConfig({
  name: 'sample',
  doc: 'A sample.',
  prefix: 'FLOWLOOM_SAMPLE_',
  keys: { answer: z.number().default(42).describe('The answer') },
});

let running: RunningServices | undefined;
afterEach(() => running?.close());

/** A service that writes down what happens to it, and reads `flows` into `seen`. */
function recorder(name: string, seen: string[], onContext?: (context: ServiceContext<{ answer: number }>) => void) {
  return defineService({
    name,
    config: sampleConfig,
    create: (context) => {
      onContext?.(context);
      class Hooks {
        onModuleDestroy() {
          seen.push(`${name} onModuleDestroy`);
        }
        beforeApplicationShutdown() {
          seen.push(`${name} beforeApplicationShutdown`);
        }
        onApplicationShutdown() {
          seen.push(`${name} onApplicationShutdown`);
        }
      }
      @Controller()
      class FlowsController {
        @OnBatch('flows')
        async onFlows(batch: BusBatch, { partition }: BatchContext) {
          seen.push(`${name} ${batch.records.map(({ value }) => value)}`);
          await partition.commit({ offset: batch.records.at(-1)!.offset + 1 });
        }
      }
      class SampleModule {}
      const strategy = new BusStrategy({
        bus: context.bus,
        groupId: name,
        prefix: context.common.bus.topicPrefix,
        deadLetterTopic: 'flowloom.dead-letter',
      });
      const close = strategy.close.bind(strategy);
      strategy.close = async () => {
        seen.push(`${name} strategy`);
        await close();
      };
      return { module: { module: SampleModule, controllers: [FlowsController], providers: [Hooks] }, strategy };
    },
  });
}

const start = async (options: Partial<Parameters<typeof bootstrapServices>[0]>) => {
  const config = loadConfig([...commonSections, sampleConfig], { env });
  running = await bootstrapServices({ services: [], config, ...options });
  return running;
};
const get = async (path: string) => {
  const response = await fetch(running!.url + path);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

test('answers probes, metrics and the pages of its services on one port', async () => {
  await start({
    services: [
      recorder('one', [], ({ pages, metrics, health, config }) => {
        metrics.counter({ name: 'rows', doc: 'Rows' })(config.answer);
        health.component('store').degraded('away');
        pages.add({ path: '/hello', contentType: 'text/plain', body: (query) => `hello ${query.get('who')}` });
      }),
    ],
  });
  expect(await get('/livez')).toMatchObject({ status: 200, text: '{"status":"ok","reasons":[]}' });
  expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"degraded","reasons":["store: away"]}' });
  expect((await get('/metrics')).text).toContain('flowloom_one_rows_total 42');
  expect(await get('/hello?who=you')).toMatchObject({ status: 200, text: 'hello you' });
  expect((await get('/nothing')).status).toBe(404);
});

test('gives each service its own batches of a topic that several read', async () => {
  const seen: string[] = [];
  const { bus } = await start({ services: [recorder('one', seen), recorder('two', seen)] });
  await bus.producer().send([{ topic: 'flowloom.flows', key: 'k', value: 'tick' }]);
  await vi.waitFor(() => expect(seen.toSorted()).toEqual(['one tick', 'two tick']));
});

test('closes services in the order of the pipeline, each in the order that its module may count on', async () => {
  const seen: string[] = [];
  const { close } = await start({
    services: [recorder('one', seen), recorder('two', seen)],
    beforeClose: async (service) => void seen.push(`before ${service}`),
  });
  await close();
  const order = ['onModuleDestroy', 'beforeApplicationShutdown', 'strategy', 'onApplicationShutdown'];
  expect(seen).toEqual(['one', 'two'].flatMap((name) => [`before ${name}`, ...order.map((step) => `${name} ${step}`)]));
});

test('is alive and not ready while the bus is away, and goes on when it answers', async () => {
  let tries = 0;
  const answers = Promise.withResolvers<void>();
  class AwayAtFirst extends EmbeddedBus {
    override async createTopics(...args: Parameters<Bus['createTopics']>): Promise<void> {
      if (tries++ === 0) throw new BusError('BROKER_UNREACHABLE', 'no broker answers', { retryable: true });
      await answers.promise;
      return super.createTopics(...args);
    }
  }
  let url = '';
  const starting = start({
    openBus: () => new AwayAtFirst(),
    onListening: (address) => {
      url = address;
    },
  });
  await vi.waitFor(async () => {
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ reasons: ['process: starting', 'bus: no broker answers'] });
  });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  answers.resolve();
  await starting;
  expect((await get('/readyz')).status).toBe(200);
});

test('ends for what only a restart can mend', async () => {
  let fail: ((error: Error) => void) | undefined;
  const { failed } = await start({ services: [recorder('one', [], (context) => void (fail = context.fail))] });
  fail!(new Error('fenced'));
  expect((await failed).message).toBe('fenced');
  expect(await get('/livez')).toMatchObject({ status: 503, text: '{"status":"down","reasons":["fenced"]}' });
});

test('closes what was open when a service cannot be made', async () => {
  let url = '';
  const broken = defineService({
    name: 'broken',
    config: sampleConfig,
    create: () => Promise.reject(new Error('no such interface')),
  });
  const starting = start({ services: [broken], onListening: (address) => void (url = address) });
  await expect(starting).rejects.toThrow('no such interface');
  await expect(fetch(url)).rejects.toThrow();
});
