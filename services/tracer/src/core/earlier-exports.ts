import { spanIdText } from '@flowloom/otlp';
import type { Exchange, Related } from './exchange.ts';
import type { LinkStore } from './link-store.ts';
import { type ExportedRequest, messageKey, parseRequest, writeRequestKey } from './memory-of-exports.ts';
import type { Origins } from './parent-rules.ts';
import { spanIdOf } from './path.ts';
import { Texts } from './texts.ts';

/** An exchange that has settled, and what its observations say of where it comes from. */
export interface Settled {
  readonly exchange: Exchange;
  readonly origins: Origins;
}

/** Those of the causes that were exported before, in the order of what they caused. */
export async function exportedParents(
  settled: readonly Settled[],
  store: LinkStore,
): Promise<(ExportedRequest | undefined)[]> {
  const found: (ExportedRequest | undefined)[] = new Array(settled.length);
  const keys = new Texts();
  const asked: number[] = [];
  for (const [i, { origins }] of settled.entries()) {
    if (origins.cause === undefined) continue;
    writeRequestKey(keys, origins.cause.high, origins.cause.low).end();
    asked.push(i);
  }
  if (asked.length === 0) return found;
  const values = await store.get(keys);
  for (const [n, i] of asked.entries()) if (values[n] !== undefined) found[i] = parseRequest(values[n]);
  return found;
}

/**
 * Links what received a message to who sent it: to the application's own span that the message names, and to that of
 * the request that carried it to the broker, if it was seen. False where that one is not known yet.
 */
export async function linkSenders(settled: readonly Settled[], store: LinkStore): Promise<boolean[]> {
  const known = settled.map(({ origins }) => !origins.message?.spanId);
  const asked = [...known.keys()].filter((i) => !known[i]);
  if (asked.length === 0) return known;
  const contexts = asked.map((i) => settled[i].origins.message!);
  const values = await store.get(Texts.of(contexts.map(messageKey)));
  const leaving = senders(settled);
  for (const [n, i] of asked.entries()) {
    const { traceId, spanId, isSampled } = contexts[n];
    const sender = parseRequest(values[n]) ?? leaving.get(messageKey(contexts[n]));
    const related: Related[] = isSampled === false ? [] : [{ traceId, spanId, reason: 'message_context' }];
    if (sender) related.push({ traceId: sender.traceId, spanId: sender.spanId, reason: 'message_sent' });
    settled[i].exchange.related = related;
    known[i] = sender !== undefined;
  }
  return known;
}

/** Those of the exchanges that sent a message below the span that it names: they are exported at once, as known here. */
function senders(settled: readonly Settled[]): Map<string, Pick<Related, 'traceId' | 'spanId'>> {
  const known = new Map<string, Pick<Related, 'traceId' | 'spanId'>>();
  for (const { exchange, origins } of settled) {
    const { header, underHeader } = origins;
    if (!header || !underHeader || exchange.messaging !== 'send') continue;
    const spanId = spanIdText(spanIdOf(exchange.first, 'client', { high: 0, low: 0 }));
    known.set(messageKey(header), { traceId: header.traceId, spanId });
  }
  return known;
}
