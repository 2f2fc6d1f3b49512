import type { Bus, BusEventListener } from '@flowloom/bus';
import { PassErrorsFilter } from '@flowloom/bus/nest';
import type { INestApplication } from '@nestjs/common';
import type { CommonConfig } from '../config/common.ts';
import type { LoadedConfig } from '../config/load.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { createNestApp } from './nest-app.ts';
import type { Operations } from './operations.ts';
import type { ServiceContext, ServiceDefinition } from './service.ts';

/** What the services of a process are started with. */
export interface Surroundings {
  readonly config: LoadedConfig;
  readonly common: CommonConfig;
  readonly operations: Operations;
  readonly bus: Bus;
  readonly onBusEvent: BusEventListener;
}

/** Builds a service and starts its consumers. Throws what its `create` throws. */
export async function startService(service: ServiceDefinition, surroundings: Surroundings): Promise<INestApplication> {
  const { config, common, operations, bus, onBusEvent } = surroundings;
  const { registry, health, pages, fail } = operations;
  const context: ServiceContext<never> = {
    name: service.name,
    config: config.of(service.config) as never,
    common,
    bus,
    onBusEvent,
    log: operations.logOf(service.name),
    metrics: new Metrics(registry, service.name),
    health,
    pages,
    fail,
  };
  const { module, strategy } = await service.create(context);
  const app = await createNestApp(module, context.log);
  app.useGlobalFilters(new PassErrorsFilter());
  if (strategy) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
  return app;
}
