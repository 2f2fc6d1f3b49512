import type { Span } from '@flowloom/otlp';
import { readTraces } from '@flowloom/otlp/testing';
import { appendRow, Batch, type TaggedRequest, taggedRequest } from '@flowloom/records';
import { MemoryLinkStore } from '../core/memory-link-store.ts';
import type { TracerEvent, TracerOptions } from '../core/options.ts';
import { type FinishedTrace, Tracer } from '../core/tracer.ts';

export type Row = Partial<TaggedRequest>;

export const T0 = 1_790_000_000_000_000;

let ids = 0;

/** An HTTP request that one observation point saw, with everything a test does not care about filled in. */
export function request(values: Row): Row {
  return {
    request_id: (++ids).toString(16).padStart(16, '0'),
    flow_id: '00000000000000f1',
    start_us: T0,
    end_us: T0 + 1_000,
    agent: 'node-1',
    interface: 'eth0',
    source: 'pcap',
    observation_point: 'rest',
    transport: 'tcp',
    protocol: 'http',
    request_type: 'GET',
    endpoint: '/',
    response_code: '200',
    response_status: 'ok',
    has_request: true,
    has_response: true,
    client_ip: '10.0.0.1',
    server_ip: '10.0.0.2',
    server_port: 80,
    ...values,
  };
}

export function batchOf(rows: readonly Row[]): Batch<typeof taggedRequest.fields> {
  const batch = new Batch(taggedRequest);
  for (const row of rows) appendRow(batch, row);
  return batch;
}

/** A span as tests look at it: read back from the bytes that are handed out. */
export interface SeenSpan extends Span {
  readonly service: string;
}

export function spansOf(traces: readonly FinishedTrace[]): SeenSpan[] {
  return traces
    .flatMap(({ request }) => readTraces(request))
    .flatMap(({ resource, spans }) =>
      spans.map((span) => ({ ...span, service: String(resource.attributes['service.name']) })),
    );
}

export class Bench {
  readonly events: TracerEvent[] = [];
  readonly store: MemoryLinkStore;
  readonly tracer: Tracer;
  nowUs = T0;

  constructor(options: Partial<TracerOptions> = {}, store = new MemoryLinkStore()) {
    this.store = store;
    this.tracer = new Tracer(store, options, (event) => this.events.push(event));
  }

  add(...rows: Row[]): void {
    this.tracer.add(batchOf(rows), this.nowUs);
  }

  /** Lets time go by; the spans that come out. */
  async after(us: number): Promise<SeenSpan[]> {
    this.nowUs += us;
    const traces = await this.tracer.advance(this.nowUs);
    await this.tracer.confirm();
    return spansOf(traces);
  }

  async flush(): Promise<SeenSpan[]> {
    const traces = await this.tracer.flush();
    await this.tracer.confirm();
    return spansOf(traces);
  }
}

/** Spans from the root down, each with its depth: how a person reads a trace. */
export function outline(spans: readonly SeenSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const kinds = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
  const lines: string[] = [];
  const visit = (parent: string | undefined, depth: number): void => {
    for (const span of spans) {
      const isTop = !span.parentSpanId || !ids.has(span.parentSpanId);
      if (parent === undefined ? !isTop : span.parentSpanId !== parent) continue;
      const point = span.attributes['flowloom.observation_point'];
      lines.push(`${'  '.repeat(depth)}${span.service} ${kinds[span.kind]} ${point}`);
      visit(span.spanId, depth + 1);
    }
  };
  visit(undefined, 0);
  return lines;
}
