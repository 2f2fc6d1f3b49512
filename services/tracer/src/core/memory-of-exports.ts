import type { Placement } from './exchange.ts';
import type { Clock } from './span-builder.ts';

/** What a child needs to know of its exported parent: the value at `r:<request id>`. */
export interface ExportedRequest {
  readonly traceId: string;
  /** The span below which children hang. */
  readonly spanId: string;
  readonly clock: Clock;
}

/** What a late observation needs to know of its exported exchange: the value at `e:<exchange>`. */
export interface ExportedExchange {
  readonly traceId: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly spans: readonly { readonly id: string; readonly rank: number; readonly spanId: string }[];
}

export const requestKey = (requestId: string): string => `r:${requestId}`;
export const exchangeKey = (storeKey: string): string => `e:${storeKey}`;

/** Reads what a tracer of this version or an older one wrote; undefined for anything else. */
export function parseLink<T extends ExportedRequest | ExportedExchange>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as T;
    return typeof value?.traceId === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The place of a child below a parent that is exported. */
export function below(parent: ExportedRequest, how: Pick<Placement, 'link' | 'rule' | 'confidence'>): Placement {
  return { traceId: parent.traceId, parentSpanId: parent.spanId, clock: parent.clock, ...how };
}
