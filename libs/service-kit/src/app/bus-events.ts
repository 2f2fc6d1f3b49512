import type { BusEvent, BusEventListener } from '@flowloom/bus';
import type { HealthComponent } from '../health/health.ts';
import { type EventSinks, emitter, event } from '../telemetry/events.ts';

type Of<T extends BusEvent['type']> = Omit<Extract<BusEvent, { type: T }>, 'type'>;

const moved = { labels: ['topic'] as const };
const types = {
  sent: event<Of<'sent'>>({
    doc: 'Records were published',
    metrics: [
      { kind: 'counter', name: 'sent.records', unit: '{record}', doc: 'Records published', value: 'records', ...moved },
      { kind: 'counter', name: 'sent', unit: 'By', doc: 'Bytes of values published', value: 'bytes', ...moved },
    ],
  }),
  received: event<Of<'received'>>({
    doc: 'A batch was fetched',
    metrics: [
      {
        kind: 'counter',
        name: 'received.records',
        unit: '{record}',
        doc: 'Records fetched',
        value: 'records',
        ...moved,
      },
      { kind: 'counter', name: 'received', unit: 'By', doc: 'Bytes of values fetched', value: 'bytes', ...moved },
    ],
  }),
  committed: event<Of<'committed'>>({
    doc: 'An offset was committed',
    metrics: [{ kind: 'counter', name: 'commits', doc: 'Offset commits', ...moved }],
  }),
  retried: event<Of<'retried'>>({
    doc: 'Something failed and will be tried again',
    metrics: [{ kind: 'counter', name: 'retries', doc: 'Retries', labels: ['what'] }],
    log: { level: 'warn', message: ({ what, reason }) => `${what}: trying again: ${reason}`, atMostEveryMs: 10_000 },
  }),
  'handler-failed': event<Of<'handler-failed'>>({
    doc: 'A handler failed where it is not tried again',
    metrics: [{ kind: 'counter', name: 'handler.failures', doc: 'Failures of handlers that are not tried again' }],
    log: { level: 'error', message: ({ reason }) => `a handler failed: ${reason}`, atMostEveryMs: 1000 },
  }),
  rebalanced: event<Of<'rebalanced'>>({
    doc: 'Partitions were given or taken',
    metrics: [{ kind: 'counter', name: 'rebalances', doc: 'Changes of the assignment', labels: ['groupId'] }],
    log: {
      level: 'info',
      message: ({ groupId, assigned, revoked }) => `${groupId}: ${assigned} partitions given, ${revoked} taken`,
    },
  }),
  'dead-lettered': event<Of<'dead-lettered'>>({
    doc: 'A record that could not be read went to the dead-letter topic',
    metrics: [
      { kind: 'counter', name: 'dead.letters', unit: '{record}', doc: 'Poison records', labels: ['topic', 'reason'] },
    ],
    log: { level: 'warn', message: ({ topic, reason }) => `poison record on ${topic}: ${reason}`, atMostEveryMs: 1000 },
  }),
  connected: event<Of<'connected'>>({
    doc: 'A broker answers',
    log: { level: 'debug', message: ({ broker }) => `connected to ${broker}` },
  }),
  disconnected: event<Of<'connected'>>({
    doc: 'A broker is away',
    metrics: [{ kind: 'counter', name: 'disconnects', doc: 'Lost connections to brokers' }],
    log: {
      level: 'warn',
      message: ({ broker, reason }) => `disconnected from ${broker}${reason ? `: ${reason}` : ''}`,
      atMostEveryMs: 1000,
    },
  }),
};

/** Turns what a bus reports into metrics `flowloom_bus_...`, log lines and the health component of the bus. */
export function busEventListener(sinks: EventSinks, health: HealthComponent): BusEventListener {
  const emit = emitter(sinks, types);
  const lag = new Map<string, { value: number; labels: { topic: string; partition: string } }>();
  sinks.metrics.gauge(
    { name: 'lag.records', unit: '{record}', doc: 'Records behind the last batch', labels: ['topic', 'partition'] },
    () => lag.values(),
  );
  return (happened) => {
    if (happened.type === 'received') {
      const labels = { topic: happened.topic, partition: String(happened.partition) };
      lag.set(`${labels.topic}/${labels.partition}`, { value: happened.lag, labels });
    }
    // Those that are still held are heard of again with their next batch.
    if (happened.type === 'rebalanced' && happened.revoked > 0) lag.clear();
    if (happened.type === 'disconnected') health.degraded(`disconnected from ${happened.broker}`);
    else if (happened.type === 'connected' || happened.type === 'received' || happened.type === 'sent') health.ok();
    const { type, ...fields } = happened;
    emit[type](fields as never);
  };
}
