import type { Placement } from './exchange.ts';
import type { Clock } from './span-builder.ts';

/** What a child needs to know of its exported parent: the value at `r:<request id>`. */
export interface ExportedRequest {
  readonly traceId: string;
  /** The span below which children hang. */
  readonly spanId: string;
  readonly clock: Clock;
  /** When the observation of that span began, by that clock before correction. */
  readonly startUs: number;
}

/** What a late observation needs to know of its exported exchange: the value at `e:<exchange>`. */
export interface ExportedExchange {
  readonly traceId: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly spans: readonly ExportedSpan[];
}

export interface ExportedSpan {
  readonly rank: number;
  readonly spanId: string;
}

export const requestKey = (requestId: string): string => `r:${requestId}`;
/** Where the sender of a message is remembered, by the context that the message carries. */
export const messageKey = ({ traceId, spanId }: Pick<ExportedRequest, 'traceId' | 'spanId'>): string =>
  `m:${traceId}:${spanId}`;
export const exchangeKey = (storeKey: string): string => `e:${storeKey}`;

/** `2 <trace> <span> <correction> <start> <agent>`: short, as there is one per request; 2 is the version of the form. */
export function formatRequest({ traceId, spanId, clock, startUs }: ExportedRequest): string {
  return `2 ${traceId} ${spanId} ${clock.correctionUs} ${startUs} ${clock.agent}`;
}

/** Reads what `formatRequest` wrote; undefined for anything else. */
export function parseRequest(text: string | undefined): ExportedRequest | undefined {
  const match = /^2 ([0-9a-f]{32}) ([0-9a-f]{16}) (-?\d+) (\d+) (.*)$/s.exec(text ?? '');
  if (match === null) return undefined;
  const [, traceId, spanId, correction, start, agent] = match;
  return { traceId, spanId, clock: { agent, correctionUs: Number(correction) }, startUs: Number(start) };
}

/** `1 <trace> <start> <end> <rank>:<span>,<rank>:<span>...` */
export function formatExchange({ traceId, startUs, endUs, spans }: ExportedExchange): string {
  return `1 ${traceId} ${startUs} ${endUs} ${spans.map(({ rank, spanId }) => `${rank}:${spanId}`).join()}`;
}

/** Reads what `formatExchange` wrote; undefined for anything else. */
export function parseExchange(text: string | undefined): ExportedExchange | undefined {
  const match = /^1 ([0-9a-f]{32}) (\d+) (\d+) (\d+:[0-9a-f]{16}(?:,\d+:[0-9a-f]{16})*)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, traceId, start, end, list] = match;
  const spans = list.split(',').map((pair) => pair.split(':'));
  return {
    traceId,
    startUs: Number(start),
    endUs: Number(end),
    spans: spans.map(([rank, spanId]) => ({ rank: Number(rank), spanId })),
  };
}

/** The place of a child below a parent that is exported. */
export function below(parent: ExportedRequest, how: Pick<Placement, 'link' | 'rule' | 'confidence'>): Placement {
  const { link, rule, confidence } = how;
  const { traceId, spanId, clock, startUs } = parent;
  return { traceId, parentSpanId: spanId, parentStartUs: startUs, clock, link, rule, confidence };
}
