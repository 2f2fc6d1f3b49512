import 'reflect-metadata';
import { type Bus, ensureTopics } from '@flowloom/bus';
import { PassErrorsFilter } from '@flowloom/bus/nest';
import { topics } from '@flowloom/records';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { busConfig, type CommonConfig, otlpConfig, processConfig, redisConfig } from '../config/common.ts';
import type { LoadedConfig } from '../config/load.ts';
import { Health } from '../health/health.ts';
import { createLogger } from '../log/logger.ts';
import { NestLogger } from '../log/nest-logger.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { startSelfTelemetry } from '../telemetry/otel.ts';
import { busEventListener } from './bus-events.ts';
import { type OpenBus, openBus } from './open-bus.ts';
import { operationsModule } from './operations.module.ts';
import { Pages } from './pages.ts';
import { untilReady } from './retry.ts';
import type { ServiceContext, ServiceDefinition } from './service.ts';

export interface BootstrapOptions {
  /** In the order of the pipeline, upstream first: they close in this order. */
  readonly services: readonly ServiceDefinition[];
  /** With the common sections and those of the services. */
  readonly config: LoadedConfig;
  /** Default: Kafka where brokers are configured, else the embedded bus. */
  readonly openBus?: OpenBus;
  /** Called before a service closes, when those before it have: time to let it read what they left. */
  readonly beforeClose?: (service: string, bus: Bus) => Promise<void>;
  /** The port answers: the bus and the services come next. */
  readonly onListening?: (url: string) => void;
  readonly signal?: AbortSignal;
}

export interface RunningServices {
  /** `http://127.0.0.1:9464`: probes, metrics and pages. */
  readonly url: string;
  readonly bus: Bus;
  readonly health: Health;
  readonly log: Logger;
  /** Resolves when something has failed that only a restart can mend. */
  readonly failed: Promise<Error>;
  /** Services in their order, then the bus, HTTP and telemetry. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Runs services in this process behind one HTTP port.
 * - The port answers first: while the bus is away `/readyz` says so, and it is tried again until `signal` aborts.
 * - Each service is a Nest application of its own, so that one's handlers never meet another's.
 * - Nest closes in this order: `onModuleDestroy`, `beforeApplicationShutdown`, the strategy (consumers), then
 *   `onApplicationShutdown` (producers, exporters).
 * Throws what a service's `create` throws, after closing what was open.
 */
export async function bootstrapServices(options: BootstrapOptions): Promise<RunningServices> {
  const { services, config } = options;
  const common: CommonConfig = {
    process: config.of(processConfig),
    bus: config.of(busConfig),
    redis: config.of(redisConfig),
    otlp: config.of(otlpConfig),
  };
  const selfName = services.length === 1 ? `flowloom-${services[0].name}` : 'flowloom';
  const rootLog = createLogger(common.process);
  const log = rootLog.child({ service: selfName });
  const telemetry = await startSelfTelemetry(common.otlp, selfName);
  const registry = new Registry();
  telemetry.report({ metrics: new Metrics(registry, 'telemetry'), log });
  collectDefaultMetrics({ register: registry });
  const [health, pages] = [new Health(), new Pages()];
  const failed = Promise.withResolvers<Error>();
  const fail = (error: Error) => {
    health.fail(error.message);
    failed.resolve(error);
  };

  const closing: (() => Promise<unknown>)[] = [() => telemetry.close()];
  const close = async () => {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  };
  try {
    const process = health.component('process');
    process.down('starting');
    const http = await createApp(operationsModule(health, registry, pages), log);
    closing.push(() => http.close());
    await http.listen(common.process.httpPort, common.process.httpHost);
    const url = await http.getUrl();
    options.onListening?.(url);

    const sinks = { metrics: new Metrics(registry, 'bus'), log };
    const onBusEvent = busEventListener(sinks, health.component('bus'));
    const bus = await (options.openBus ?? openBus)(common.bus, { clientId: selfName, onEvent: onBusEvent });
    closing.push(() => bus.close());
    const wanted = { prefix: common.bus.topicPrefix, partitions: common.bus.topicPartitions };
    const topicOptions = { ...wanted, retentionMs: common.bus.topicRetentionMs };
    await untilReady(() => ensureTopics(bus, Object.values(topics), topicOptions), {
      health: health.component('bus'),
      log,
      signal: options.signal,
    });

    const apps: { service: string; app: INestApplication }[] = [];
    closing.push(() => closeInOrder(apps, bus, options.beforeClose));
    for (const service of services.toReversed()) {
      const context: ServiceContext<never> = {
        name: service.name,
        config: config.of(service.config) as never,
        common,
        bus,
        onBusEvent,
        log: rootLog.child({ service: service.name }),
        metrics: new Metrics(registry, service.name),
        health,
        pages,
        fail,
      };
      const { module, strategy } = await service.create(context);
      const app = await createApp(module, context.log);
      apps.unshift({ service: service.name, app });
      if (strategy) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
      await app.init();
      await app.startAllMicroservices();
    }
    process.ok();
    closing.push(async () => process.down('shutting down'));
    return { url, bus, health, log, failed: failed.promise, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function createApp(
  module: Parameters<typeof NestFactory.create>[0],
  log: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(log),
    abortOnError: false,
  });
  return app.useGlobalFilters(new PassErrorsFilter()) as NestFastifyApplication;
}

async function closeInOrder(
  apps: readonly { service: string; app: INestApplication }[],
  bus: Bus,
  beforeClose: BootstrapOptions['beforeClose'],
): Promise<void> {
  for (const { service, app } of apps) {
    await beforeClose?.(service, bus);
    await app.close();
  }
}
