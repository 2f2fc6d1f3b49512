import { hexOfWord } from '@flowloom/records';
import type { Attributes, Resource, Scope } from './resource.ts';

/** opentelemetry/proto/trace/v1/trace.proto, Span.SpanKind. */
export const spanKind = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
export type SpanKind = (typeof spanKind)[keyof typeof spanKind];

/** Status.StatusCode of the same file; instrumentation leaves success unset. */
export const statusError = 2;

/** The two halves of a span id, as signed 32-bit words; never both 0. */
export interface SpanId {
  readonly high: number;
  readonly low: number;
}

/** 16 lower-case hex digits. */
export function spanIdText({ high, low }: SpanId): string {
  return hexOfWord(high) + hexOfWord(low);
}

export interface SpanLink {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly attributes?: Attributes;
}

export interface Span {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Microseconds since the epoch, as everywhere in Flowloom; OTLP gets nanoseconds. */
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: Attributes;
  /** Present where the span failed. */
  readonly error?: { readonly message?: string };
  readonly links?: readonly SpanLink[];
  /** Trace flags as in W3C Trace Context, where they are known. */
  readonly flags?: number;
}

export interface ResourceSpans {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly spans: readonly Span[];
}
