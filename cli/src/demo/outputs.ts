import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowLog, RequestLog } from '@flowloom/records';

/** One span of the file `traces.ndjson`, as far as the demo shows it. */
export interface DemoSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly isError: boolean;
}

export interface DemoOutputs {
  readonly flows: readonly FlowLog[];
  readonly requests: readonly RequestLog[];
  /** Spans by trace id. */
  readonly traces: ReadonlyMap<string, readonly DemoSpan[]>;
  readonly counts: {
    readonly flows: number;
    readonly requests: number;
    /** Of them, those that a process itself read or wrote. */
    readonly processRequests: number;
    readonly traces: number;
    readonly spans: number;
  };
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code?: number };
}
interface OtlpTraces {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: OtlpSpan[] }[];
  }[];
}

/** Reads what `flowloom run --out` or `replay --out` wrote. */
export function readOutputs(dir: string): DemoOutputs {
  const flows = readLines<FlowLog>(dir, 'flow-logs');
  const requests = readLines<RequestLog>(dir, 'request-logs');
  const spans = readLines<OtlpTraces>(dir, 'traces').flatMap(spansOf);
  const traces = Map.groupBy(spans, (span) => span.traceId);
  const flowIds = new Set(flows.map((row) => row.flow_id));
  return {
    flows,
    requests,
    traces,
    counts: {
      flows: flowIds.size,
      requests: requests.length,
      processRequests: requests.filter(({ source }) => source === 'ebpf').length,
      traces: traces.size,
      spans: spans.length,
    },
  };
}

function readLines<T>(dir: string, name: string): T[] {
  const text = readFileSync(join(dir, `${name}.ndjson`), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function spansOf({ resourceSpans }: OtlpTraces): DemoSpan[] {
  const us = (nanos: string) => Number(nanos.slice(0, -3));
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '?';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        service,
        startUs: us(span.startTimeUnixNano),
        endUs: us(span.endTimeUnixNano),
        isError: span.status?.code === 2,
      })),
    );
  });
}
