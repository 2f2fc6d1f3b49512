import { unsupportedText } from '@flowloom/otlp';
import { type Emit, event } from '@flowloom/service-kit';
import type { TracerEvent } from './core/options.ts';

const exportLost = {
  kind: 'counter',
  name: 'spans.export_lost',
  doc: 'Spans that the OTLP endpoint did not get',
  value: 'items',
  labels: ['reason'],
} as const;

/** Everything that the tracer tells about itself. */
export const tracerEvents = {
  rowsRead: event<{ rows: number }>({
    doc: 'Rows of `requests` were taken in.',
    metrics: [{ kind: 'counter', name: 'rows', doc: 'Request rows taken in', value: 'rows' }],
  }),
  tracesFinished: event<{ traces: number; spans: number }>({
    doc: 'Traces, or parts of them, were handed out.',
    metrics: [
      { kind: 'counter', name: 'traces', doc: 'Traces handed out', value: 'traces' },
      { kind: 'counter', name: 'spans', doc: 'Spans handed out', value: 'spans' },
    ],
  }),
  exported: event<{ items: number }>({
    doc: 'Spans were sent over OTLP.',
    metrics: [{ kind: 'counter', name: 'spans.exported', doc: 'Spans that the OTLP endpoint took', value: 'items' }],
  }),
  exportLost: event<{ items: number; reason: string; detail: string }>({
    doc: 'Spans did not reach the OTLP endpoint: rejected by it, no room in the queue, or given up.',
    metrics: [exportLost],
    log: {
      level: 'warn',
      message: ({ items, reason, detail }) => `${items} spans were not exported: ${reason} ${detail}`,
      atMostEveryMs: 10_000,
    },
  }),
  exportUnsupported: event<{ items: number; reason: string; detail: string }>({
    doc: 'The OTLP endpoint takes no traces: said once.',
    metrics: [exportLost],
    log: {
      level: 'warn',
      message: ({ detail }) => unsupportedText('traces', detail),
      atMostEveryMs: Number.POSITIVE_INFINITY,
    },
  }),
  exportRetried: event<{ reason: string; waitMs: number }>({
    doc: 'The OTLP endpoint did not answer as it should; the same spans are sent again.',
    metrics: [{ kind: 'counter', name: 'export_retries', doc: 'Exports that were tried again' }],
    log: {
      level: 'warn',
      message: ({ reason, waitMs }) => `OTLP export: ${reason}; again in ${Math.round(waitMs)} ms`,
      atMostEveryMs: 10_000,
    },
  }),
  observationsLate: event<{ observations: number }>({
    doc: 'Observations came after their request was exported; they joined its trace below its spans.',
    metrics: [
      {
        kind: 'counter',
        name: 'observations.late',
        doc: 'Observations that came after the export',
        value: 'observations',
      },
    ],
  }),
  observationsRepeated: event<{ observations: number }>({
    doc: 'Rows were read again and had been exported or were held already; nothing is exported twice.',
    metrics: [
      {
        kind: 'counter',
        name: 'observations.repeated',
        doc: 'Observations that were known already',
        value: 'observations',
      },
    ],
  }),
  linkLost: event<{ reason: string }>({
    doc: 'A request became a root: its parent was never seen (parent_missing) or parents ran in a circle (parent_cycle).',
    metrics: [{ kind: 'counter', name: 'links.lost', doc: 'Parents that could not be used', labels: ['reason'] }],
  }),
  traceSplit: event<{ reason: string }>({
    doc: 'A trace reached its bound of spans (size) or time (age) and goes on in a new one.',
    metrics: [{ kind: 'counter', name: 'traces.split', doc: 'Requests that left a full trace', labels: ['reason'] }],
  }),
  exchangesForced: event<{ exchanges: number }>({
    doc: 'Requests were exported before they settled, as too many were open.',
    metrics: [
      { kind: 'counter', name: 'exchanges.forced', doc: 'Requests that were exported early', value: 'exchanges' },
    ],
    log: {
      level: 'warn',
      message: ({ exchanges }) => `${exchanges} requests were exported early: too many were open`,
      atMostEveryMs: 10_000,
    },
  }),
  sampledOut: event<{ spans: number }>({
    doc: 'A trace was not kept: no rule of tail sampling wanted it.',
    metrics: [{ kind: 'counter', name: 'spans.sampled_out', doc: 'Spans that sampling left out', value: 'spans' }],
  }),
  spanDropped: event<{ bytes: number }>({
    doc: 'A single span was larger than a record may be.',
    metrics: [{ kind: 'counter', name: 'spans.dropped', doc: 'Spans that no record could hold' }],
    log: { level: 'warn', message: ({ bytes }) => `a span of ${bytes} bytes was dropped`, atMostEveryMs: 10_000 },
  }),
  linkStoreFailed: event<{ operation: string; message: string }>({
    doc: 'Redis did not answer; links of this process are still found.',
    metrics: [
      {
        kind: 'counter',
        name: 'link_store.failures',
        doc: 'Calls of the link store that failed',
        labels: ['operation'],
      },
    ],
    log: {
      level: 'warn',
      message: ({ operation, message }) => `link store: ${operation} failed: ${message}`,
      atMostEveryMs: 10_000,
    },
  }),
  advanceFailed: event<{ partition: number; message: string }>({
    doc: 'Finished traces could not be published yet; they are kept and tried again.',
    metrics: [{ kind: 'counter', name: 'publish.failures', doc: 'Attempts to publish that failed' }],
    log: {
      level: 'warn',
      message: ({ partition, message }) => `partition ${partition}: ${message}`,
      atMostEveryMs: 10_000,
    },
  }),
};

export type EmitTracer = Emit<typeof tracerEvents>;

export function onTracerEvent(emit: EmitTracer, happened: TracerEvent): void {
  if (happened.type === 'late') emit.observationsLate(happened);
  else if (happened.type === 'repeated') emit.observationsRepeated(happened);
  else if (happened.type === 'trace_split') emit.traceSplit(happened);
  else if (happened.type === 'sampled_out') emit.sampledOut(happened);
  else if (happened.type === 'span_dropped') emit.spanDropped(happened);
  else if (happened.type === 'forced') emit.exchangesForced(happened);
  else emit.linkLost({ reason: happened.type });
}
