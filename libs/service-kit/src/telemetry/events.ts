import type { Logger } from 'pino';
import type { HistogramOptions, Labels, Metrics } from './metrics.ts';

/** A metric that an event moves. Labels and value are fields of the event. */
export interface EventMetric<E> extends Omit<HistogramOptions, 'labels'> {
  readonly kind: 'counter' | 'histogram';
  readonly labels?: readonly (keyof E & string)[];
  /** The field that is added or recorded; without it a counter grows by one. */
  readonly value?: keyof E & string;
}

export interface EventLog<E> {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: (event: E) => string;
  /** What repeats sooner is only counted, and the next line says how often. */
  readonly atMostEveryMs?: number;
}

/** One kind of occurrence, declared once: what it means, which metrics it moves and what it logs. */
export interface EventType<E> {
  readonly doc: string;
  readonly metrics?: readonly EventMetric<E>[];
  readonly log?: EventLog<E>;
}

export type EventTypes = Readonly<Record<string, EventType<never>>>;

/** `emit.rowsTagged({ topic, rows })` for every declared event. */
export type Emit<T extends EventTypes> = {
  readonly [K in keyof T]: T[K] extends EventType<infer E> ? (event: E) => void : never;
};

/** Declares an event with the type of its fields: `event<{ topic: string; rows: number }>({ ... })`. */
export function event<E extends object>(type: EventType<E>): EventType<E> {
  return type;
}

export interface EventSinks {
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

/** Builds the emitters: the only place where an event becomes log lines and numbers. */
export function emitter<T extends EventTypes>(sinks: EventSinks, types: T): Emit<T> {
  const entries = Object.entries(types).map(([name, type]) => [name, emitOne(sinks, name, type as EventType<object>)]);
  return Object.fromEntries(entries) as Emit<T>;
}

function emitOne({ metrics, log, now }: EventSinks, name: string, type: EventType<object>): (event: object) => void {
  const moves = (type.metrics ?? []).map((metric) => move(metrics, metric as EventMetric<Record<string, unknown>>));
  const say = type.log ? sayer(log, name, type.log, now ?? (() => performance.now())) : undefined;
  return (happened) => {
    for (const each of moves) each(happened as Record<string, unknown>);
    say?.(happened);
  };
}

function move(metrics: Metrics, metric: EventMetric<Record<string, unknown>>) {
  const { kind, labels = [], value } = metric;
  const add = kind === 'counter' ? metrics.counter(metric) : metrics.histogram(metric);
  return (happened: Record<string, unknown>) => {
    const labelled: Labels = Object.fromEntries(labels.map((label) => [label, String(happened[label] ?? '')]));
    add(value === undefined ? 1 : Number(happened[value]), labelled);
  };
}

function sayer(log: Logger, name: string, { level, message, atMostEveryMs = 0 }: EventLog<object>, now: () => number) {
  let last = Number.NEGATIVE_INFINITY;
  let passedOver = 0;
  return (happened: object) => {
    const time = now();
    if (time - last < atMostEveryMs) {
      passedOver++;
      return;
    }
    const fields = passedOver > 0 ? { event: name, ...happened, repeated: passedOver } : { event: name, ...happened };
    log[level](fields, message(happened as never));
    last = time;
    passedOver = 0;
  };
}
