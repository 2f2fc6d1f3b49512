import { unsupportedText } from '@flowloom/otlp';
import { type Emit, event } from '@flowloom/service-kit';

const exportLost = {
  kind: 'counter',
  name: 'export.lost',
  doc: 'Points and logs that were lost',
  labels: ['reason'],
  value: 'items',
} as const;

export const aggregatorEvents = {
  minuteClosed: event<{ rows: number; late: boolean }>({
    doc: 'Flow logs of a minute were handed out; late: after the minute had been closed, or from a clock ahead',
    metrics: [
      { kind: 'counter', name: 'flow_logs', doc: 'Flow logs', unit: '{record}', labels: ['late'], value: 'rows' },
    ],
  }),
  requestsLogged: event<{ rows: number }>({
    doc: 'Request logs were published',
    metrics: [{ kind: 'counter', name: 'request_logs', doc: 'Request logs', unit: '{record}', value: 'rows' }],
  }),
  ticksAdded: event<{ rows: number }>({
    doc: 'Flow ticks were merged into their minutes',
    metrics: [{ kind: 'counter', name: 'ticks', doc: 'Flow ticks', unit: '{row}', value: 'rows' }],
  }),
  clockFailed: event<{ what: string; message: string }>({
    doc: 'What is done by the clock failed and will be tried again',
    metrics: [{ kind: 'counter', name: 'clock.failures', doc: 'Timed work that failed', labels: ['what'] }],
    log: { level: 'warn', message: ({ what, message }) => `${what}: ${message}`, atMostEveryMs: 30_000 },
  }),
  exported: event<{ items: number }>({
    doc: 'The OTLP endpoint took metrics or logs',
    metrics: [{ kind: 'counter', name: 'export.items', doc: 'Points and logs that the endpoint took', value: 'items' }],
  }),
  exportLost: event<{ items: number; reason: string; detail: string }>({
    doc: 'Metrics or logs did not reach the OTLP endpoint',
    metrics: [exportLost],
    log: {
      level: 'warn',
      message: ({ items, reason, detail }) => `${items} not exported, ${reason}: ${detail}`,
      atMostEveryMs: 30_000,
    },
  }),
  exportUnsupported: event<{ items: number; reason: string; detail: string }>({
    doc: 'The OTLP endpoint takes no metrics: said once',
    metrics: [exportLost],
    log: {
      level: 'warn',
      message: ({ detail }) => unsupportedText('metrics', detail),
      atMostEveryMs: Number.POSITIVE_INFINITY,
    },
  }),
};

export type EmitAggregator = Emit<typeof aggregatorEvents>;
