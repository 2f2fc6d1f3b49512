import type { ServiceDefinition } from '@flowloom/service-kit';

/** The services of the pipeline, upstream first, each loaded when it is needed. */
export const services = {
  capturer: async () => (await import('@flowloom/capturer/service')).capturerService,
  tagger: async () => (await import('@flowloom/tagger/service')).taggerService,
  aggregator: async () => (await import('@flowloom/aggregator/service')).aggregatorService,
  tracer: async () => (await import('@flowloom/tracer/service')).tracerService,
} as const satisfies Record<string, () => Promise<ServiceDefinition>>;

export type ServiceName = keyof typeof services;

export const serviceNames = Object.keys(services) as ServiceName[];
