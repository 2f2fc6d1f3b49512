import { type ConfigOf, defineConfig } from '@flowloom/service-kit/config';
import { z } from 'zod';
import { defaultLinkStore } from './core/link-store.ts';
import { defaultMemoryLinkStore } from './core/memory-link-store.ts';
import { defaultTracerOptions } from './core/options.ts';
import { keepAll } from './core/tail-sampler.ts';

const MiB = 2 ** 20;
const ms = (least: number, fallback: number) => z.number().int().min(least).default(fallback);

export const tracerConfig = defineConfig({
  name: 'tracer',
  doc: 'Joins requests into traces.',
  prefix: 'FLOWLOOM_TRACER_',
  keys: {
    settleMs: ms(100, defaultTracerOptions.settleUs / 1e3).describe(
      'How long after its last observation a request is exported, ms',
    ),
    parentWaitMs: ms(0, defaultTracerOptions.parentWaitUs / 1e3).describe(
      'How long a request waits for a parent that is known but not seen, ms',
    ),
    advanceMs: ms(10, 500).describe('How often finished traces are handed out, ms'),
    maxOpenExchanges: z
      .number()
      .int()
      .min(1)
      .default(defaultTracerOptions.maxOpenExchanges)
      .describe('Most requests that wait in one partition; beyond that the oldest are exported early'),
    maxTraceSpans: z
      .number()
      .int()
      .min(2)
      .default(defaultTracerOptions.maxTraceSpans)
      .describe('Most spans of one trace; what exceeds it goes on in a new trace, linked to the old'),
    maxTraceAgeMs: ms(1_000, defaultTracerOptions.maxTraceAgeUs / 1e3).describe(
      'Longest time from the first to the last start in one trace, ms',
    ),
    inferParents: z
      .boolean()
      .default(defaultTracerOptions.inferParents)
      .describe(
        'Whether a request without an observed cause goes below the only, or by far likeliest, one that its host had open',
      ),
    sampleRate: z
      .number()
      .min(0)
      .max(1)
      .default(keepAll.rate)
      .describe('Share of traces that are kept, 0 to 1, by their id; 1 keeps all and turns tail sampling off'),
    sampleErrors: z
      .boolean()
      .default(keepAll.keepErrors)
      .describe('With a rate below 1: whether traces with an error are kept besides'),
    sampleSlowerThanMs: ms(0, keepAll.slowUs / 1e3).describe(
      'With a rate below 1: traces with a request that took as long are kept besides, ms; 0: none',
    ),
    sampleWaitMs: ms(0, keepAll.waitUs / 1e3).describe(
      'With a rate below 1: how long after its first spans a trace is decided; later ones follow, ms',
    ),
    linkTtlMs: ms(1_000, defaultLinkStore.ttlMs).describe('How long trace links are kept, ms'),
    linkMemoryMb: z
      .number()
      .int()
      .min(16)
      .default(defaultMemoryLinkStore.maxBytes / MiB)
      .describe('Most memory for trace links in this process; beyond that the oldest are forgotten early, MiB'),
    publishSpans: z.boolean().default(true).describe('Whether finished traces are written to `otlp_spans`'),
    maxRecordBytes: z
      .number()
      .int()
      .min(10_000)
      .default(defaultTracerOptions.maxRequestBytes)
      .describe('Largest record on `otlp_spans`; a larger trace becomes several, bytes'),
  },
});

export type TracerConfig = ConfigOf<typeof tracerConfig>;
