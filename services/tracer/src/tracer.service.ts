import { BusStrategy } from '@flowloom/bus/nest';
import { type ExportQueue, openExportQueue, readSharedSettings, reportExport } from '@flowloom/otlp';
import { topicName, topics } from '@flowloom/records';
import { defineService, emitter, type ServiceContext } from '@flowloom/service-kit';
import { connectRedis } from '@flowloom/service-kit/redis';
import { RedisLinkStore } from './adapters/redis-link-store.ts';
import { LayeredLinkStore } from './core/layered-link-store.ts';
import type { LinkStore } from './core/link-store.ts';
import { MemoryLinkStore } from './core/memory-link-store.ts';
import { keepAll } from './core/tail-sampler.ts';
import { Tracer } from './core/tracer.ts';
import { PartitionTracer } from './partition-tracer.ts';
import { type TracerConfig, tracerConfig } from './tracer.config.ts';
import { type EmitTracer, onTracerEvent, tracerEvents } from './tracer.events.ts';
import { type Closing, tracerModule } from './tracer.module.ts';
import { TracerWorker } from './tracer-worker.ts';

type Context = ServiceContext<TracerConfig>;

/** The tracer as a service: `requests` in, `otlp_spans` and OTLP out. */
export const tracerService = defineService({
  name: 'tracer',
  config: tracerConfig,
  create: async (context: Context) => {
    const { config, common, bus, metrics } = context;
    const emit = emitter({ metrics, log: context.log }, tracerEvents);
    const closing: Closing[] = [];
    const exports = await openExports(context, emit);
    if (exports) closing.push(exports);
    const store = openLinkStore(context, emit, closing);
    const spansTopic = config.publishSpans ? topicName(topics.otlpSpans, common.bus.topicPrefix) : undefined;
    const options = {
      settleUs: config.settleMs * 1e3,
      parentWaitUs: config.parentWaitMs * 1e3,
      maxOpenExchanges: config.maxOpenExchanges,
      maxTraceSpans: config.maxTraceSpans,
      maxTraceAgeUs: config.maxTraceAgeMs * 1e3,
      inferParents: config.inferParents,
      maxRequestBytes: config.maxRecordBytes,
      sampling: {
        ...keepAll,
        rate: config.sampleRate,
        keepErrors: config.sampleErrors,
        slowUs: config.sampleSlowerThanMs * 1e3,
        waitUs: config.sampleWaitMs * 1e3,
      },
    };
    const rowsAreKept = common.bus.brokers.length > 0;
    const worker = new TracerWorker({
      advanceMs: config.advanceMs,
      rowsAreKept,
      settleUs: options.settleUs,
      emit,
      open: (partition) => {
        const tracer = new Tracer(store, options, (event) => onTracerEvent(emit, event));
        return new PartitionTracer(partition, tracer, { ...config, spansTopic, exports, rowsAreKept, emit });
      },
    });
    metrics.gauge({ name: 'exchanges.open', doc: 'Requests that are not exported yet' }, () => worker.open);
    const strategy = new BusStrategy({
      bus,
      groupId: 'flowloom-tracer',
      prefix: common.bus.topicPrefix,
      deadLetterTopic: topicName(topics.deadLetter, common.bus.topicPrefix),
      transactional: common.bus.transactions,
      concurrency: 4,
      onEvent: context.onBusEvent,
      onFailed: context.fail,
    });
    if (!spansTopic && !exports) {
      context.log.info('traces have nowhere to go: none are made');
      return { module: tracerModule(worker, closing) };
    }
    return { module: tracerModule(worker, closing), strategy };
  },
});

/** The export, its health and its events; undefined where no receiver is configured. */
async function openExports({ common, health }: Context, emit: EmitTracer): Promise<ExportQueue | undefined> {
  const settings = readSharedSettings('traces', common.otlp, process.env);
  if (settings === undefined) return undefined;
  const component = health.component('OTLP export of spans');
  const onRetry = (reason: string, waitMs: number): void => {
    component.degraded(reason);
    emit.exportRetried({ reason, waitMs });
  };
  return openExportQueue(
    settings,
    (event) => {
      if (event.type === 'exported') component.ok();
      reportExport(emit, event);
    },
    { retry: { onRetry } },
  );
}

/** Memory of this process, before Redis where one is configured. */
function openLinkStore({ common, config, health, log }: Context, emit: EmitTracer, closing: Closing[]): LinkStore {
  const near = new MemoryLinkStore({ ttlMs: config.linkTtlMs, maxBytes: config.linkMemoryMb * 2 ** 20 });
  const client = connectRedis(common.redis, { health: health.component('link store'), log });
  if (client === undefined) return near;
  const shared = new RedisLinkStore(client, {
    ttlMs: config.linkTtlMs,
    keyPrefix: `${common.redis.keyPrefix}trace:`,
    onFailure: (error, operation) => emit.linkStoreFailed({ operation, message: error.message }),
  });
  closing.push({ close: async () => client.disconnect() });
  return new LayeredLinkStore(near, shared);
}
