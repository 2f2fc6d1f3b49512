import type { AttributeSink } from '../conventions/draft.ts';
import type { Attributes, AttributeValue, Resource, Scope } from '../model/resource.ts';
import type { SpanId, SpanKind } from '../model/span.ts';
import { AttributeCache } from './attribute-cache.ts';
import { encodeRequest, groupBytes } from './common.ts';
import { writeError, writeLink } from './traces.ts';
import { ProtobufWriter } from './writer.ts';

/** Where an encoded span lies in its writer, and whose it is. */
export interface EncodedSpan {
  readonly resource: Resource;
  readonly start: number;
  readonly end: number;
}

/** A request of at most so many bytes, and how many spans are in it. */
export interface SpanRequest {
  readonly request: Uint8Array<ArrayBuffer>;
  readonly spans: number;
}

/**
 * Encodes spans one by one, without an object for each, and joins them to ExportTraceServiceRequests later, when it is
 * known which of them are of one trace. `begin`, then any attributes and links, then `end`; `clear` when all are joined.
 *
 * opentelemetry/proto/trace/v1/trace.proto: Span { trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, kind = 6,
 * start_time_unix_nano = 7, end_time_unix_nano = 8, attributes = 9, links = 13, status = 15 { message = 2, code = 3 } },
 * Link { trace_id = 1, span_id = 2, attributes = 4 }.
 */
export class SpanWriter implements AttributeSink {
  readonly #spans = new ProtobufWriter();
  readonly #request = new ProtobufWriter();
  readonly #attributes = new AttributeCache(this.#spans, 9);
  #start = 0;
  #mark = 0;

  /** Bytes of all spans that wait. */
  get size(): number {
    return this.#spans.size;
  }

  /** The trace's id is lower-case hex, as is a parent that is given as text; '' for a root. */
  begin(traceId: string, { high, low }: SpanId, parent: SpanId | string): void {
    this.#start = this.#spans.size;
    this.#mark = this.#spans.begin(2, 512);
    this.#spans.hex(1, traceId);
    this.#spans.words(2, high, low);
    if (typeof parent !== 'string') this.#spans.words(4, parent.high, parent.low);
    else if (parent) this.#spans.hex(4, parent);
  }

  attribute(name: string, value: AttributeValue): void {
    this.#attributes.write(name, value);
  }

  /** An attribute whose value hardly comes again, such as an id. */
  unique(name: string, value: string): void {
    this.#attributes.writeUnique(name, value);
  }

  /** An id of two words, as 16 hex digits. */
  id(name: string, high: number, low: number): void {
    this.#attributes.writeId(name, high, low);
  }

  link(traceId: string, spanId: string, attributes?: Attributes): void {
    writeLink(this.#spans, { traceId, spanId, attributes });
  }

  /** Closes the span. `error` is what is known of a failure, '' too; undefined where it did not fail. */
  end(
    name: string,
    kind: SpanKind,
    startUs: number,
    endUs: number,
    error: string | undefined,
    resource: Resource,
  ): EncodedSpan {
    this.#spans.string(5, name);
    this.#spans.varint(6, kind);
    this.#spans.nanos(7, startUs);
    this.#spans.nanos(8, endUs);
    if (error !== undefined) writeError(this.#spans, error);
    this.#spans.end(this.#mark);
    return { resource, start: this.#start, end: this.#spans.size };
  }

  /**
   * The spans as requests of at most `maxBytes`, grouped by resource. A span that does not fit alone is left out, and
   * reported by its size.
   */
  join(
    spans: readonly EncodedSpan[],
    scope: Scope,
    maxBytes = Number.POSITIVE_INFINITY,
    onTooLarge: (bytes: number) => void = () => {},
  ): SpanRequest[] {
    const requests: SpanRequest[] = [];
    const resources = new Set<Resource>();
    let part: EncodedSpan[] = [];
    let bytes = 0;
    for (const span of spans) {
      const own = span.end - span.start;
      const group = groupBytes(span.resource, scope);
      if (own + group > maxBytes) {
        onTooLarge(own);
        continue;
      }
      if (bytes + own + (resources.has(span.resource) ? 0 : group) > maxBytes) {
        requests.push(this.#join(part, scope));
        part = [];
        resources.clear();
        bytes = 0;
      }
      bytes += own + (resources.has(span.resource) ? 0 : group);
      resources.add(span.resource);
      part.push(span);
    }
    if (part.length > 0) requests.push(this.#join(part, scope));
    return requests;
  }

  /** Forgets all spans. */
  clear(): void {
    this.#spans.reset();
  }

  #join(spans: readonly EncodedSpan[], scope: Scope): SpanRequest {
    const groups = new Map<Resource, EncodedSpan[]>();
    for (const span of spans) {
      const others = groups.get(span.resource);
      if (others) others.push(span);
      else groups.set(span.resource, [span]);
    }
    const request = encodeRequest(
      this.#request,
      Array.from(groups, ([resource, own]) => ({ resource, scope, own })),
      (to, { own }) => {
        for (const { start, end } of own) to.from(this.#spans, start, end);
      },
    );
    return { request, spans: spans.length };
  }
}
