import { randomUUID } from 'node:crypto';
import { BusStrategy } from '@flowloom/bus/nest';
import { type ExportQueue, openExportQueue, readSharedSettings, reportExport } from '@flowloom/otlp';
import { topicName, topics } from '@flowloom/records';
import { defineService, emitter, type ServiceContext, type ServiceParts } from '@flowloom/service-kit';
import { Module } from '@nestjs/common';
import { AggregatorClock } from './aggregator.clock.ts';
import { type AggregatorConfig, aggregatorConfig } from './aggregator.config.ts';
import { aggregatorEvents, type EmitAggregator } from './aggregator.events.ts';
import { FlowAggregator } from './core/flows/flow-aggregator.ts';
import { TrafficMetrics } from './core/metrics/metrics.ts';
import { prometheusPage } from './core/metrics/prometheus.ts';
import { aggregatorResource } from './core/scope.ts';
import { FlowLogOutputs } from './flow-log-outputs.ts';
import { FlowPartitions } from './flow-partitions.ts';
import { FlowsController } from './flows.controller.ts';
import { MetricsPublisher } from './metrics-publisher.ts';
import { REQUEST_OUTPUT, type RequestOutput, RequestsController } from './requests.controller.ts';

type Context = ServiceContext<AggregatorConfig>;

@Module({ controllers: [FlowsController, RequestsController] })
class AggregatorModule {}

/** The aggregator as the service kit runs it. */
export const aggregatorService = defineService({
  name: 'aggregator',
  config: aggregatorConfig,
  create: createAggregator,
});

const nowUs = () => Date.now() * 1000;

async function createAggregator(context: Context): Promise<ServiceParts> {
  const { config, common, bus, log } = context;
  const { topicPrefix, transactions, brokers } = common.bus;
  const emit = emitter({ metrics: context.metrics, log }, aggregatorEvents);
  const resource = aggregatorResource(randomUUID());
  const traffic = new TrafficMetrics({ maxSeries: config.maxSeries, idleUs: config.seriesIdleMs * 1000 });
  const aggregator = new FlowAggregator({
    latenessUs: config.latenessMs * 1000,
    maxAheadUs: config.maxAheadMs * 1000,
    idleUs: config.idleMs * 1000,
    nowUs,
  });
  const flowLogTopic = topicName(topics.flowLogs, topicPrefix);
  const otlpLogs = config.publishLogs ? topicName(topics.otlpLogs, topicPrefix) : undefined;
  const partitions = new FlowPartitions({
    aggregator,
    metrics: traffic,
    outputs: new FlowLogOutputs({ flowLogs: flowLogTopic, otlpLogs }, resource),
    emit,
    nowUs,
    commitMs: config.commitMs,
    flushOnRevoke: brokers.length === 0,
    partitions: (topic) => bus.partitions(topic),
    flowLogTopic,
  });
  const requestLogTopic = config.publishRequestLogs ? topicName(topics.requestLogs, topicPrefix) : undefined;
  const requestOutput: RequestOutput = { bus, topic: requestLogTopic, emit };
  const exports = await openExports(context, emit);
  const producer = bus.producer();
  const topic = config.publishMetrics ? topicName(topics.otlpMetrics, topicPrefix) : undefined;
  const publisher = new MetricsPublisher({ metrics: traffic, resource, topic, producer, exports });
  const clock = new AggregatorClock({
    tick: () => partitions.tick(),
    publish: () => publisher.publish(nowUs()),
    publishMs: config.metricsIntervalMs,
    emit,
    closing: exports ? [producer, exports] : [producer],
  });
  offer(context, traffic, aggregator);
  return {
    module: {
      module: AggregatorModule,
      providers: [
        { provide: FlowPartitions, useValue: partitions },
        { provide: TrafficMetrics, useValue: traffic },
        { provide: REQUEST_OUTPUT, useValue: requestOutput },
        { provide: AggregatorClock, useValue: clock },
      ],
    },
    strategy: new BusStrategy({
      bus,
      groupId: config.groupId,
      concurrency: config.concurrency,
      transactional: transactions,
      prefix: topicPrefix,
      deadLetterTopic: topicName(topics.deadLetter, topicPrefix),
      onEvent: context.onBusEvent,
      onFailed: context.fail,
    }),
  };
}

function offer({ metrics, pages }: Context, traffic: TrafficMetrics, aggregator: FlowAggregator): void {
  pages.add({
    path: '/metrics/traffic',
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    body: () => prometheusPage(traffic.collect(nowUs())),
  });
  metrics.gauge({ name: 'series', doc: 'Series of traffic metrics' }, () => traffic.series);
  metrics.gauge({ name: 'open.rows', doc: 'Flow logs in open minutes' }, () => aggregator.openRows);
}

/** The export, its health and its events; undefined where no receiver is configured. */
async function openExports({ common, health }: Context, emit: EmitAggregator): Promise<ExportQueue | undefined> {
  const settings = readSharedSettings('metrics', common.otlp, process.env);
  if (settings === undefined) return undefined;
  const component = health.component('OTLP export of metrics');
  return openExportQueue(settings, (happened) => {
    if (happened.type === 'exported') component.ok();
    else component.degraded(happened.type === 'dropped' ? happened.detail : happened.message);
    reportExport(emit, happened);
  });
}
