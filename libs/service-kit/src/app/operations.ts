import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { CommonConfig } from '../config/common.ts';
import { Health } from '../health/health.ts';
import { createLogger } from '../log/logger.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { type SelfTelemetry, startSelfTelemetry } from '../telemetry/otel.ts';
import { Pages } from './pages.ts';

/** What all services of a process share beside the bus: how it is watched. */
export interface Operations {
  readonly registry: Registry;
  readonly health: Health;
  readonly pages: Pages;
  readonly telemetry: SelfTelemetry;
  /** The process's own log. */
  readonly log: Logger;
  logOf(service: string): Logger;
  /** Not alive from now on, and `failed` resolves. */
  readonly fail: (error: Error) => void;
  readonly failed: Promise<Error>;
}

/** Statistics that prom-client takes with a timer of 10 ms: a hundred wake-ups a second, half a percent of a CPU, also where nothing happens. */
const sampledLag = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];
/** The timer cannot be left out. */
const neverMs = 2 ** 31 - 1;

/** `name` stands in logs and in the process's own telemetry. */
export async function startOperations(common: CommonConfig, name: string): Promise<Operations> {
  const telemetry = await startSelfTelemetry(common.otlp, name);
  const rootLog = createLogger(common.process);
  const log = rootLog.child({ service: name });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
  for (const statistic of sampledLag) registry.removeSingleMetric(`nodejs_eventloop_lag_${statistic}_seconds`);
  telemetry.report({ metrics: new Metrics(registry, 'telemetry'), log });
  const health = new Health();
  const { promise: failed, resolve } = Promise.withResolvers<Error>();
  const fail = (error: Error) => {
    health.fail(error.message);
    resolve(error);
  };
  const logOf = (service: string) => rootLog.child({ service });
  return { registry, health, pages: new Pages(), telemetry, log, logOf, fail, failed };
}
