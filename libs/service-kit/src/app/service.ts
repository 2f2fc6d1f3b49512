import type { Bus, BusEventListener } from '@flowloom/bus';
import type { DynamicModule, Type } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { Logger } from 'pino';
import type { CommonConfig } from '../config/common.ts';
import type { ConfigOf, ConfigSection } from '../config/section.ts';
import type { Health } from '../health/health.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Pages } from './pages.ts';

/** What a service gets to be built from. Config is its own section, parsed. */
export interface ServiceContext<C = unknown> {
  readonly name: string;
  readonly config: C;
  readonly common: CommonConfig;
  /** Connected; closed by the kit after the last service. Producers made from it are closed by who made them. */
  readonly bus: Bus;
  /** For the options of a `BusStrategy`. */
  readonly onBusEvent: BusEventListener;
  readonly log: Logger;
  /** Scoped to the service: `flowloom_<name>_...`. */
  readonly metrics: Metrics;
  readonly health: Health;
  readonly pages: Pages;
  /** Ends the process in an orderly way, with exit code 1: for what only a restart can mend. */
  fail(error: Error): void;
}

export interface ServiceParts {
  readonly module: Type | DynamicModule;
  /** What feeds the controllers; a service without input topics has none. */
  readonly strategy?: CustomTransportStrategy;
}

/** A service as the kit runs it, alone or beside others in one process. */
export interface ServiceDefinition<S extends ConfigSection = ConfigSection> {
  /** `tagger` */
  readonly name: string;
  readonly config: S;
  create(context: ServiceContext<ConfigOf<S>>): ServiceParts | Promise<ServiceParts>;
}

/** Keeps the type of the section together with what `create` gets. */
export function defineService<S extends ConfigSection>(definition: ServiceDefinition<S>): ServiceDefinition {
  return definition as unknown as ServiceDefinition;
}
