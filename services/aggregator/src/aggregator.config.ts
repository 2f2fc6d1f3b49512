import { type ConfigOf, defineConfig } from '@flowloom/service-kit/config';
import { z } from 'zod';

const ms = (least: number) => z.number().int().min(least);

export const aggregatorConfig = defineConfig({
  name: 'aggregator',
  doc: 'Minutes of event time, and the metrics made of traffic.',
  prefix: 'FLOWLOOM_AGGREGATOR_',
  keys: {
    latenessMs: ms(0)
      .default(10_000)
      .describe('How long after its end a minute stays open, in event time; later rows become rows of their own, ms'),
    idleMs: ms(1000)
      .default(30_000)
      .describe('A partition without records for so long no longer holds back its minutes, ms'),
    maxAheadMs: ms(0)
      .default(60_000)
      .describe('Rows this far ahead of their record have a wrong clock and move no watermark, ms'),
    metricsIntervalMs: ms(100).default(15_000).describe('How often metrics are published, ms'),
    maxSeries: z
      .number()
      .int()
      .min(1)
      .default(10_000)
      .describe('Most series each of flows, ended flows and requests; further ones share an overflow series'),
    seriesIdleMs: ms(1000).default(900_000).describe('A series that nothing changes for so long ends, ms'),
    publishMetrics: z.boolean().default(true).describe('Whether metrics go to the topic `otlp_metrics`'),
    publishRequestLogs: z.boolean().default(true).describe('Whether request logs go to the topic `request-logs`'),
    publishLogs: z.boolean().default(false).describe('Whether flow logs go to the topic `otlp_logs` too'),
    groupId: z.string().min(1).default('flowloom-aggregator').describe('Consumer group of all aggregators'),
    concurrency: z.number().int().min(1).max(64).default(4).describe('Partitions that are handled beside each other'),
    commitMs: ms(100).default(5_000).describe('How often a partition whose minutes stay open commits, ms'),
  },
});

export type AggregatorConfig = ConfigOf<typeof aggregatorConfig>;
