/** A span as OTLP/JSON has it, with the service of its resource. */
export interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

export interface ResourceSpans {
  readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
  readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
}

/** Attributes of the resource, those that are texts. */
export function resourceOf({ resource }: ResourceSpans): Record<string, string | undefined> {
  return Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue]));
}

export function spansOf(resourceSpans: readonly ResourceSpans[]): Span[] {
  return resourceSpans.flatMap((each) => {
    const service = resourceOf(each)['service.name'] ?? '';
    return each.scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
  });
}

/** Services from the root to each leaf, a service once where several of its spans follow each other, sorted. */
export function pathsOf(spans: readonly Span[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathTo = (span: Span): string[] => {
    const parent = span.parentSpanId ? byId.get(span.parentSpanId) : undefined;
    const above = parent ? pathTo(parent) : [];
    return above.at(-1) === span.service ? above : [...above, span.service];
  };
  const parents = new Set(spans.map(({ parentSpanId }) => parentSpanId));
  const leaves = spans.filter(({ spanId }) => !parents.has(spanId));
  return [...new Set(leaves.map((leaf) => pathTo(leaf).join(' > ')))].sort();
}

/** Roots, and spans whose parent is not among them. */
export function topsOf(spans: readonly Span[]): { roots: Span[]; orphans: Span[] } {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return {
    roots: spans.filter(({ parentSpanId }) => !parentSpanId),
    orphans: spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId)),
  };
}
