import type { SpanId } from '@flowloom/otlp';
import { wordOfHex } from '@flowloom/records';
import { type Exchange, type Placement, root } from './exchange.ts';
import type { Clock } from './span-builder.ts';
import type { Texts } from './texts.ts';

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

/** The key of a request, by the two words of its id. */
export const writeRequestKey = (keys: Texts, high: number, low: number): Texts => keys.text('r:').id(high, low);
/** Where the sender of a message is remembered, by the context that the message carries. */
export const messageKey = ({ traceId, spanId }: Pick<ExportedRequest, 'traceId' | 'spanId'>): string =>
  `m:${traceId}:${spanId}`;
export const writeExchangeKey = (keys: Texts, exchange: Exchange): Texts => exchange.writeStoreKey(keys.text('e:'));

/** `2 <trace> <span> <correction> <start> <agent>`: short, as there is one per request; 2 is the version of the form. */
export function writeRequest(
  values: Texts,
  traceId: string,
  { high, low }: SpanId,
  { correctionUs, agent }: Clock,
  startUs: number,
): Texts {
  values.text('2 ').text(traceId).text(' ').id(high, low).text(' ').integer(correctionUs);
  return values.text(' ').integer(startUs).text(' ').text(agent);
}

/** Reads what `writeRequest` wrote; undefined for anything else. */
export function parseRequest(text: string | undefined): ExportedRequest | undefined {
  const match = /^2 ([0-9a-f]{32}) ([0-9a-f]{16}) (-?\d+) (\d+) (.*)$/s.exec(text ?? '');
  if (match === null) return undefined;
  const [, traceId, spanId, correction, start, agent] = match;
  return { traceId, spanId, clock: { agent, correctionUs: Number(correction) }, startUs: Number(start) };
}

/** `1 <trace> <start> <end> <rank>:<span>,<rank>:<span>...` of the first `count` spans. */
export function writeExchange(
  values: Texts,
  { traceId, startUs, endUs, spans }: ExportedExchange,
  count = spans.length,
): Texts {
  values.text('1 ').text(traceId).text(' ').integer(startUs).text(' ').integer(endUs);
  for (let i = 0; i < count; i++) {
    const { rank, high, low } = spans[i];
    values
      .text(i === 0 ? ' ' : ',')
      .integer(rank)
      .text(':')
      .id(high, low);
  }
  return values;
}

/** Reads what `writeExchange` wrote; undefined for anything else. */
export function parseExchange(text: string | undefined): ExportedExchange | undefined {
  const match = /^1 ([0-9a-f]{32}) (\d+) (\d+) (\d+:[0-9a-f]{16}(?:,\d+:[0-9a-f]{16})*)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, traceId, start, end, list] = match;
  const spans = list.split(',').map((pair) => {
    const [rank, id] = pair.split(':');
    return { rank: Number(rank), high: wordOfHex(id, 0), low: wordOfHex(id, 8) };
  });
  return { traceId, startUs: Number(start), endUs: Number(end), spans };
}

/** The place of a child below a parent that is exported. */
export function below(
  { traceId, spanId, clock, startUs }: ExportedRequest,
  { link, rule, confidence }: Pick<Placement, 'link' | 'rule' | 'confidence'>,
  isSampled: boolean | undefined,
): Placement {
  return { ...root(traceId), parentSpanId: spanId, parentStartUs: startUs, clock, link, rule, confidence, isSampled };
}
