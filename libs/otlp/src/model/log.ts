import type { Attributes, AttributeValue, Resource, Scope } from './resource.ts';

export interface LogRecord {
  /** When the event happened. */
  readonly timeUs: number;
  /** When it was observed; the same as `timeUs` where absent. */
  readonly observedUs?: number;
  /** opentelemetry/proto/logs/v1/logs.proto: 9 is INFO, 13 WARN, 17 ERROR. */
  readonly severityNumber?: number;
  readonly severityText?: string;
  /** Class of the event, in a namespace of its own, such as `flowloom.flow`. */
  readonly eventName?: string;
  readonly body?: AttributeValue;
  readonly attributes: Attributes;
  readonly traceId?: string;
  readonly spanId?: string;
}

export interface ResourceLogs {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly records: readonly LogRecord[];
}
