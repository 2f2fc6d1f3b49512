import type { SpanId } from '@flowloom/otlp';
import { writeHexWord, writeInteger } from '@flowloom/records';
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

export interface ExportedSpan extends SpanId {
  readonly rank: number;
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
  return `1 ${traceId} ${startUs} ${endUs} ${formatSpans(spans)}`;
}

/** Longest text of a span in the list: rank of two digits, colon, 16 digits, comma. */
const SPAN_BYTES = 20;
const COLON = 58;
const COMMA = 44;
let list = Buffer.allocUnsafe(64 * SPAN_BYTES);

/** Written as bytes first: one string instead of ten for every span. Ranks are below 100. */
function formatSpans(spans: readonly ExportedSpan[]): string {
  if (spans.length * SPAN_BYTES > list.length) list = Buffer.allocUnsafe(2 * spans.length * SPAN_BYTES);
  let at = 0;
  for (const { rank, high, low } of spans) {
    at = writeInteger(list, at, rank);
    list[at++] = COLON;
    at = writeHexWord(list, writeHexWord(list, at, high), low);
    list[at++] = COMMA;
  }
  return list.toString('latin1', 0, at - 1);
}

/** Reads what `formatExchange` wrote; undefined for anything else. */
export function parseExchange(text: string | undefined): ExportedExchange | undefined {
  const match = /^1 ([0-9a-f]{32}) (\d+) (\d+) (\d+:[0-9a-f]{16}(?:,\d+:[0-9a-f]{16})*)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, traceId, start, end, list] = match;
  const spans = list.split(',').map((pair) => {
    const [rank, id] = pair.split(':');
    return { rank: Number(rank), high: wordAt(id, 0), low: wordAt(id, 8) };
  });
  return { traceId, startUs: Number(start), endUs: Number(end), spans };
}

/** The signed word of 8 hex digits. */
const wordAt = (hex: string, from: number): number => Number.parseInt(hex.slice(from, from + 8), 16) | 0;

/** The place of a child below a parent that is exported. */
export function below(parent: ExportedRequest, how: Pick<Placement, 'link' | 'rule' | 'confidence'>): Placement {
  const { link, rule, confidence } = how;
  const { traceId, spanId, clock, startUs } = parent;
  return { traceId, parentSpanId: spanId, parentStartUs: startUs, clock, link, rule, confidence };
}
