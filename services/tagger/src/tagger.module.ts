import { BusStrategy } from '@flowloom/bus/nest';
import { topicName, topics } from '@flowloom/records';
import { defineService, emitter, type ServiceContext, type ServiceParts } from '@flowloom/service-kit';
import { connectRedis } from '@flowloom/service-kit/redis';
import { Module } from '@nestjs/common';
import { MemoryResourceStore } from './adapters/memory-resource-store.ts';
import { RedisResourceStore } from './adapters/redis-resource-store.ts';
import { BATCH_TAGGING, BatchTagging } from './batch-tagging.ts';
import { ResourceIndex } from './core/model/resource-index.ts';
import { Tagger } from './core/tagger.ts';
import { FlowsRawController } from './flows-raw.controller.ts';
import { followKubernetes, KubernetesSync } from './kubernetes-sync.ts';
import { RequestsRawController } from './requests-raw.controller.ts';
import { ResourceSync } from './resource-sync.ts';
import { type TaggerConfig, taggerConfig } from './tagger.config.ts';
import { taggerEvents } from './tagger.events.ts';

@Module({ controllers: [FlowsRawController, RequestsRawController] })
class TaggerModule {}

/** The tagger as the service kit runs it. */
export const taggerService = defineService({ name: 'tagger', config: taggerConfig, create: createTagger });

async function createTagger(context: ServiceContext<TaggerConfig>): Promise<ServiceParts> {
  const { config, common, bus, health, log, metrics } = context;
  const index = new ResourceIndex();
  const tagger = new Tagger(index);
  const emit = emitter({ metrics, log }, taggerEvents);
  const redis = connectRedis(common.redis, { health: health.component('redis'), log });
  const store = redis ? new RedisResourceStore(redis, common.redis.keyPrefix) : new MemoryResourceStore();
  const kubernetes = await followKubernetes(config, store, emit, health.component('kubernetes'));
  const sync = new ResourceSync({
    config,
    store,
    index,
    tagger,
    emit,
    health: health.component('resources'),
    awaitsCluster: kubernetes !== undefined,
    onReset: () => kubernetes?.writeAll(),
    onClosed: () => redis?.disconnect(),
  });
  observe(metrics, tagger, index);
  try {
    await sync.start();
  } catch (error) {
    await kubernetes?.beforeApplicationShutdown();
    redis?.disconnect();
    throw error;
  }
  const { topicPrefix, transactions } = common.bus;
  return {
    module: {
      module: TaggerModule,
      providers: [
        { provide: Tagger, useValue: tagger },
        {
          provide: BATCH_TAGGING,
          useValue: new BatchTagging({ bus, topicPrefix, emit, tagger, waitMs: config.unknownWaitMs }),
        },
        { provide: ResourceSync, useValue: sync },
        { provide: KubernetesSync, useValue: kubernetes ?? null },
      ],
    },
    strategy: new BusStrategy({
      bus,
      groupId: config.groupId,
      concurrency: config.concurrency,
      maxBatchBytes: config.maxBatchBytes,
      transactional: transactions,
      prefix: topicPrefix,
      deadLetterTopic: topicName(topics.deadLetter, topicPrefix),
      onEvent: context.onBusEvent,
      onFailed: context.fail,
    }),
  };
}

function observe(metrics: ServiceContext['metrics'], { counts }: Tagger, index: ResourceIndex): void {
  metrics.gauge({ name: 'resources', doc: 'Resources of the local copy, past ones included' }, () => index.size);
  metrics.sum({ name: 'rows', doc: 'Tagged rows by state', unit: '{row}', labels: ['state'] }, () => [
    { value: counts.rows - counts.ambiguous - counts.unknown - counts.stale, labels: { state: 'known' } },
    { value: counts.ambiguous, labels: { state: 'ambiguous' } },
    { value: counts.unknown, labels: { state: 'unknown' } },
    { value: counts.stale, labels: { state: 'stale' } },
  ]);
}
