import type { AttributeSink } from '../conventions/draft.ts';
import type { Attributes, AttributeValue, Resource, Scope } from '../model/resource.ts';
import type { SpanId, SpanKind } from '../model/span.ts';
import { AttributeCache } from './attribute-cache.ts';
import { groupBytes, writeGroup } from './common.ts';
import { writeError, writeLink } from './traces.ts';
import { ProtobufWriter } from './writer.ts';

/** A request of at most so many bytes, and how many spans are in it. */
export interface SpanRequest {
  readonly request: Uint8Array<ArrayBuffer>;
  readonly spans: number;
}

/** The spans of one resource. */
interface Group {
  readonly resource: Resource;
  /** What it adds to a request besides its spans, at most. */
  readonly bytes: number;
  /** Numbers of its spans in the request that is being put together; empty outside of `join`. */
  readonly spans: number[];
}

/**
 * Encodes spans one by one, without an object for each, and joins them to ExportTraceServiceRequests later, when it is
 * known which of them are of one trace. `begin`, then any attributes and links, then `end`, which numbers the span; `clear`
 * when all are joined.
 *
 * opentelemetry/proto/trace/v1/trace.proto: Span { trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, kind = 6,
 * start_time_unix_nano = 7, end_time_unix_nano = 8, attributes = 9, links = 13, status = 15 { message = 2, code = 3 }, flags = 16 },
 * Link { trace_id = 1, span_id = 2, attributes = 4 }.
 */
export class SpanWriter implements AttributeSink {
  readonly #spans = new ProtobufWriter();
  readonly #kept = new ProtobufWriter();
  readonly #request = new ProtobufWriter();
  readonly #attributes = new AttributeCache(this.#spans, 9);
  readonly #scope: Scope;
  readonly #groups = new WeakMap<Resource, Group>();
  /** Of each span, by its number: where it ends (it begins where the one before ends), and its group. */
  readonly #ends: number[] = [];
  readonly #groupOf: Group[] = [];
  #mark = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Bytes of all spans that wait. */
  get size(): number {
    return this.#spans.size;
  }

  /** The trace's id is 32 hex digits. */
  begin(traceId: string, { high, low }: SpanId): void {
    this.#mark = this.#spans.begin(2, 512);
    this.#spans.hex(1, traceId);
    this.#spans.words(2, high, low);
  }

  parentId({ high, low }: SpanId): void {
    this.#spans.words(4, high, low);
  }

  /** The parent by its id in 16 hex digits. */
  parent(spanId: string): void {
    this.#spans.hex(4, spanId);
  }

  /** Trace flags as in W3C Trace Context, in the low byte. */
  flags(flags: number): void {
    this.#spans.fixed32(16, flags);
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

  /** Keeps what was written since the writer had this size, for `again`. */
  keep(from: number): void {
    this.#kept.reset();
    this.#kept.from(this.#spans, from, this.#spans.size);
  }

  /** Writes once more what was kept: attributes that two spans share. */
  again(): void {
    this.#spans.from(this.#kept, 0, this.#kept.size);
  }

  /**
   * Closes the span. `error` is what is known of a failure, '' too; undefined where it did not fail. Returns the span's
   * number: how many were closed before it since `clear`.
   */
  end(
    name: string,
    kind: SpanKind,
    startUs: number,
    endUs: number,
    error: string | undefined,
    resource: Resource,
  ): number {
    this.#spans.string(5, name);
    this.#spans.varint(6, kind);
    this.#spans.nanos(7, startUs);
    this.#spans.nanos(8, endUs);
    if (error !== undefined) writeError(this.#spans, error);
    this.#spans.end(this.#mark);
    this.#groupOf.push(this.#groups.get(resource) ?? this.#learn(resource));
    return this.#ends.push(this.#spans.size) - 1;
  }

  /**
   * The spans of these numbers as requests of at most `maxBytes`, grouped by resource. A span that does not fit alone is
   * left out, and reported by its size.
   */
  join(
    spans: readonly number[],
    maxBytes = Number.POSITIVE_INFINITY,
    onTooLarge: (bytes: number) => void = () => {},
  ): SpanRequest[] {
    const requests: SpanRequest[] = [];
    let groups: Group[] = [];
    let count = 0;
    let bytes = 0;
    for (const span of spans) {
      const group = this.#groupOf[span];
      const own = this.#ends[span] - this.#startOf(span);
      if (own + group.bytes > maxBytes) {
        onTooLarge(own);
        continue;
      }
      if (bytes + own + (group.spans.length > 0 ? 0 : group.bytes) > maxBytes) {
        requests.push(this.#join(groups, count));
        groups = [];
        count = bytes = 0;
      }
      if (group.spans.length === 0) {
        groups.push(group);
        bytes += group.bytes;
      }
      group.spans.push(span);
      bytes += own;
      count++;
    }
    if (count > 0) requests.push(this.#join(groups, count));
    return requests;
  }

  /** Forgets all spans. */
  clear(): void {
    this.#spans.reset();
    this.#ends.length = 0;
    this.#groupOf.length = 0;
  }

  /** One request of these groups, whose lists are empty afterwards. */
  #join(groups: readonly Group[], count: number): SpanRequest {
    const request = this.#request;
    request.reset();
    for (const { resource, spans } of groups) {
      writeGroup(request, resource, this.#scope, () => {
        for (const span of spans) request.from(this.#spans, this.#startOf(span), this.#ends[span]);
      });
      spans.length = 0;
    }
    return { request: request.take(), spans: count };
  }

  #startOf(span: number): number {
    return span === 0 ? 0 : this.#ends[span - 1];
  }

  #learn(resource: Resource): Group {
    const group = { resource, bytes: groupBytes(resource, this.#scope), spans: [] };
    this.#groups.set(resource, group);
    return group;
  }
}
