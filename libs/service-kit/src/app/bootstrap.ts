import { type Bus, ensureTopics } from '@flowloom/bus';
import { topics } from '@flowloom/records';
import type { Logger } from 'pino';
import {
  type BusConfig,
  busConfig,
  type CommonConfig,
  otlpConfig,
  processConfig,
  redisConfig,
} from '../config/common.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Health } from '../health/health.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { busEventListener } from './bus-events.ts';
import { Closer } from './closer.ts';
import { createNestApp } from './nest-app.ts';
import { type OpenBus, openBus } from './open-bus.ts';
import { operationsModule } from './operations.module.ts';
import { startOperations } from './operations.ts';
import { untilReady } from './retry.ts';
import type { ServiceDefinition } from './service.ts';
import { startService } from './start-service.ts';

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
  /** Services in their order, then the bus, HTTP and telemetry; all of them, then throws what the first that failed threw. */
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
  const { services, config, signal } = options;
  const common = commonOf(config);
  const name = services.length === 1 ? `flowloom-${services[0].name}` : 'flowloom';
  const operations = await startOperations(common, name);
  const { registry, health, pages, log, failed } = operations;
  const process = health.component('process');
  process.down('starting');

  const closer = new Closer();
  closer.add(() => operations.telemetry.close());
  try {
    const http = await createNestApp(operationsModule(health, registry, pages), log);
    closer.add(() => http.close());
    await http.listen(common.process.httpPort, common.process.httpHost);
    const url = await http.getUrl();
    options.onListening?.(url);

    const busHealth = health.component('bus');
    const onBusEvent = busEventListener({ metrics: new Metrics(registry, 'bus'), log }, busHealth);
    const bus = await (options.openBus ?? openBus)(common.bus, { clientId: name, onEvent: onBusEvent });
    closer.add(() => bus.close());
    await untilReady(() => makeTopics(bus, common.bus), { health: busHealth, log, signal });

    // Downstream first, so that nothing is produced before its readers are there; the closer turns the order around.
    for (const service of services.toReversed()) {
      const app = await startService(service, { config, common, operations, bus, onBusEvent });
      closer.add(() => app.close());
      closer.add(async () => options.beforeClose?.(service.name, bus));
    }
    process.ok();
    closer.add(async () => process.down('shutting down'));
    return { url, bus, health, log, failed, close: () => closer.close() };
  } catch (error) {
    await closer.close().catch(() => {});
    throw error;
  }
}

function commonOf(config: LoadedConfig): CommonConfig {
  return {
    process: config.of(processConfig),
    bus: config.of(busConfig),
    redis: config.of(redisConfig),
    otlp: config.of(otlpConfig),
  };
}

function makeTopics(bus: Bus, config: BusConfig): Promise<void> {
  const { topicPrefix: prefix, topicPartitions: partitions, topicRetentionMs: retentionMs } = config;
  return ensureTopics(bus, Object.values(topics), { prefix, partitions, retentionMs });
}
