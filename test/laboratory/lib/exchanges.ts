import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A request of the laboratory as the exported spans show it. */
export interface Exchange {
  readonly traceId: string;
  /** `id@port` of the request above it; undefined for a root. */
  readonly parent: string | undefined;
  /** `flowloom.link_rule` of its topmost span. */
  readonly rule: string;
}

const SPAN_KIND_CLIENT = 3;

interface OtlpSpan {
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly startTimeUnixNano: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
}

/** Ids are the last part of a path, of a Redis key, of an alias in SQL, of a routing key. */
const laboratoryId = /(?:\/|lab:|lab_)([0-9a-f]{12})\b/;
const named = ['url.path', 'url.full', 'db.query.text', 'rpc.method', 'messaging.destination.name'];
const ports = ['client.port', 'server.port', 'network.peer.port'];
/** All that is looked at: spans are many, and the rest of them is large. */
const wanted: ReadonlySet<string> = new Set([...named, ...ports, 'messaging.operation.name', 'flowloom.link_rule']);

/** Reads the laboratory's exchanges from the OTLP/JSON lines of `flowloom run --out`. */
export async function readExchanges(file: string): Promise<Map<string, Exchange>> {
  const spans = new Map<string, OtlpSpan>();
  for await (const text of createInterface({ input: createReadStream(file) })) {
    for (const { scopeSpans } of JSON.parse(text).resourceSpans) {
      for (const { spans: some } of scopeSpans) for (const span of some) spans.set(span.spanId, partOf(span));
    }
  }
  const keys = new Map<OtlpSpan, string>();
  for (const span of spans.values()) keys.set(span, keyOf(span));
  nameByPlace();
  const exchanges = new Map<string, Exchange>();
  for (const [span, key] of keys) {
    if (key === '') continue;
    const parent = above(span, (one) => keys.get(one) !== '');
    if (parent && keys.get(parent) === key) continue; // not the topmost span of its exchange
    const { traceId } = span;
    exchanges.set(key, { traceId, parent: parent && keys.get(parent), rule: textOf(span, 'flowloom.link_rule') });
  }
  return exchanges;

  /** Requests that all have the path `/same`: `PORT-NUMBER@port`, by their place on the client's connection. */
  function nameByPlace(): void {
    const connections = new Map<string, OtlpSpan[]>();
    for (const span of spans.values()) {
      if (span.kind !== SPAN_KIND_CLIENT || !/\/same$/.test(textOf(span, 'url.full'))) continue;
      const connection = `${textOf(span, 'client.port')} ${textOf(span, 'network.peer.port')}`;
      const before = connections.get(connection);
      if (before) before.push(span);
      else connections.set(connection, [span]);
    }
    const places = new Map<string, string>();
    for (const [connection, asked] of connections) {
      const [from, to] = connection.split(' ');
      asked.sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
      for (const [number, { spanId }] of asked.entries()) places.set(spanId, `${from}-${number}@${to}`);
    }
    for (const span of spans.values()) {
      if (!textOf(span, 'url.path').endsWith('/same') && !places.has(span.spanId)) continue;
      const asking = places.has(span.spanId) ? span : above(span, ({ spanId }) => places.has(spanId));
      keys.set(span, (asking && places.get(asking.spanId)) ?? '');
    }
  }

  /** `id@port`, by the port that was really asked: `server.port` may be that of the Host header, which proxies pass on. */
  function keyOf(span: OtlpSpan): string {
    const id = idOf(span);
    if (id === '') return '';
    if (textOf(span, 'messaging.operation.name') === 'basic.deliver')
      return `${id}@${textOf(span, 'client.port')}/push`;
    const asking = span.kind === SPAN_KIND_CLIENT ? span : above(span, ({ kind }) => kind === SPAN_KIND_CLIENT);
    const port = asking && idOf(asking) === id ? textOf(asking, 'network.peer.port') : '';
    return `${id}@${port || textOf(span, 'server.port')}`;
  }

  /** The nearest span above that fits. */
  function above(span: OtlpSpan, fits: (span: OtlpSpan) => boolean): OtlpSpan | undefined {
    const parent = span.parentSpanId ? spans.get(span.parentSpanId) : undefined;
    return parent === undefined || fits(parent) ? parent : above(parent, fits);
  }
}

function partOf({ kind, traceId, spanId, startTimeUnixNano, parentSpanId, attributes }: OtlpSpan): OtlpSpan {
  const some = attributes.filter(({ key }) => wanted.has(key));
  return { kind, traceId, spanId, startTimeUnixNano, parentSpanId, attributes: some };
}

/** The laboratory's id in what was asked; '' where there is none. */
export const idIn = (asked = ''): string => laboratoryId.exec(asked)?.[1] ?? '';

function idOf(span: OtlpSpan): string {
  for (const name of named) {
    const id = idIn(textOf(span, name));
    if (id) return id;
  }
  return '';
}

function textOf({ attributes }: OtlpSpan, name: string): string {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value ? String(Object.values(value)[0]) : '';
}
