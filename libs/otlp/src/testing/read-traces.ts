import type { AttributeValue } from '../model/resource.ts';
import type { ResourceSpans, Span } from '../model/span.ts';
import { requestToJson } from '../protobuf/to-json.ts';

type JsonAttributes = { key: string; value: Record<string, unknown> }[];

interface JsonSpan extends Omit<Span, 'attributes' | 'links' | 'startUs' | 'endUs' | 'error'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: JsonAttributes;
  readonly links?: { traceId: string; spanId: string; attributes?: JsonAttributes }[];
  readonly status?: { code?: number; message?: string };
}

interface JsonRequest {
  readonly resourceSpans: {
    readonly resource: { attributes: JsonAttributes };
    readonly scopeSpans: { scope: { name: string }; spans: JsonSpan[] }[];
    readonly schemaUrl?: string;
  }[];
}

/** The spans of an ExportTraceServiceRequest; those without a parent have the parent ''. */
export function readTraces(request: Uint8Array): ResourceSpans[] {
  const { resourceSpans } = JSON.parse(requestToJson('traces', request)!) as JsonRequest;
  return resourceSpans.flatMap(({ resource, scopeSpans, schemaUrl }) => {
    const one = { attributes: readAttributes(resource.attributes), schemaUrl };
    return scopeSpans.map(({ scope, spans }) => ({ resource: one, scope, spans: spans.map(readSpan) }));
  });
}

function readSpan(span: JsonSpan): Span {
  const { startTimeUnixNano, endTimeUnixNano, attributes, links, status, parentSpanId = '', ...rest } = span;
  return {
    ...rest,
    parentSpanId,
    startUs: Number(BigInt(startTimeUnixNano) / 1000n),
    endUs: Number(BigInt(endTimeUnixNano) / 1000n),
    attributes: readAttributes(attributes),
    ...(links && { links: links.map((link) => ({ ...link, attributes: readAttributes(link.attributes) })) }),
    ...(status?.code === 2 && { error: { message: status.message } }),
  };
}

function readAttributes(list: JsonAttributes = []): Record<string, AttributeValue> {
  return Object.fromEntries(list.map(({ key, value }) => [key, readValue(value)]));
}

function readValue({ intValue, arrayValue, ...other }: Record<string, unknown>): AttributeValue {
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue === undefined) return Object.values(other)[0] as AttributeValue;
  return (arrayValue as { values: Record<string, unknown>[] }).values.map(readValue) as readonly string[];
}
