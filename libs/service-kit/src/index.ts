/** Nest's life cycle, for classes that are neither modules nor controllers: order at the close as in `bootstrapServices`. */
export type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleDestroy,
  OnModuleInit,
} from '@nestjs/common';
export { type BootstrapOptions, bootstrapServices, type RunningServices } from './app/bootstrap.ts';
export { OnAssigned, OnBatch, OnRevoked } from './app/on-batch.ts';
export { type OpenBus, openBus } from './app/open-bus.ts';
export { type Page, Pages } from './app/pages.ts';
export { type RunOptions, runServices } from './app/run.ts';
export { defineService, type ServiceContext, type ServiceDefinition, type ServiceParts } from './app/service.ts';
export * from './config/index.ts';
export { Health, type HealthComponent, type HealthReport, type HealthStatus } from './health/health.ts';
export { createLogger } from './log/logger.ts';
export {
  type Emit,
  type EventLog,
  type EventMetric,
  type EventSinks,
  type EventType,
  type EventTypes,
  emitter,
  event,
} from './telemetry/events.ts';
export { type Labels, type MetricOptions, Metrics, type Observation, type Observe } from './telemetry/metrics.ts';
export { inSpan } from './telemetry/span.ts';
