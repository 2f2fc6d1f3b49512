import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A span of Jaeger's JSON, as far as it is needed here. Times in microseconds. */
interface JaegerSpan {
  readonly spanID: string;
  readonly references: readonly { readonly spanID: string }[];
  readonly operationName: string;
  readonly startTime: number;
  readonly duration: number;
  readonly processID: string;
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}

interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

interface Stretch {
  readonly startUs: number;
  readonly endUs: number;
}

/** One call between two services, and the call that truly caused it. */
export interface KnownCall {
  readonly id: string;
  /** Id of the call in whose handling it was made; '' for a root. */
  readonly parent: string;
  readonly client: string;
  readonly server: string;
  /** As the caller saw it, if it was recorded. */
  readonly sent: Stretch | undefined;
  /** As the called service saw it, if it was recorded. */
  readonly received: Stretch | undefined;
}

/** The calls of a file with one Jaeger answer per line, gzipped (as TraceWeaver's recordings are). */
export function readCalls(path: string): KnownCall[] {
  const lines = gunzipSync(readFileSync(path)).toString().split('\n').filter(Boolean);
  return lines.flatMap((line) => (JSON.parse(line) as { data: JaegerTrace[] }).data).flatMap(callsOf);
}

/**
 * A span whose parent is in another process was received; the parent is how the caller saw it if it is a client span
 * inside that caller. A span without children whose parent is in its own process is a call to a store that records nothing.
 */
function callsOf({ traceID, spans, processes }: JaegerTrace): KnownCall[] {
  const byId = new Map(spans.map((span) => [span.spanID, span]));
  const parentOf = (span: JaegerSpan) => byId.get(span.references[0]?.spanID ?? '');
  const isInner = (span: JaegerSpan) => parentOf(span)?.processID === span.processID;
  /** Some recordings have one span id in many traces. */
  const idOf = ({ spanID }: JaegerSpan) => `${traceID}/${spanID}`;
  const serviceOf = (span: JaegerSpan) => processes[span.processID].serviceName;
  const withChildren = new Set(spans.map((span) => parentOf(span)?.spanID));
  /** The call in whose handling this span began. */
  const callAround = (span: JaegerSpan | undefined): string => {
    let at = span;
    while (at && isInner(at)) at = parentOf(at);
    return at ? idOf(at) : '';
  };
  return spans.flatMap((span): KnownCall[] => {
    const above = parentOf(span);
    const place = { id: idOf(span), parent: callAround(above) };
    if (!isInner(span)) {
      const sent = above && isInner(above) && kindOf(above) === 'client' ? stretch(above) : undefined;
      return [
        { ...place, client: above ? serviceOf(above) : '', server: serviceOf(span), sent, received: stretch(span) },
      ];
    }
    if (withChildren.has(span.spanID)) return [];
    return [
      { ...place, client: serviceOf(span), server: span.operationName, sent: stretch(span), received: undefined },
    ];
  });
}

function kindOf({ tags }: JaegerSpan): unknown {
  return tags.find(({ key }) => key === 'span.kind')?.value;
}

function stretch({ startTime, duration }: JaegerSpan): Stretch {
  return { startUs: startTime, endUs: startTime + duration };
}
