import { encodeTraces, type ResourceSpans } from '@flowloom/otlp';
import type { FinishedTrace } from './tracer.ts';

/** The value of one record on `otlp_spans`: an ExportTraceServiceRequest of one trace. */
export interface TraceRecord {
  readonly traceId: string;
  readonly request: Uint8Array;
  readonly spans: number;
}

/**
 * A finished trace as records of at most `maxBytes`: a larger one is halved until each part fits. A single span that
 * does not fit is left out and reported.
 */
export function traceRecords(
  trace: FinishedTrace,
  maxBytes: number,
  onDropped: (bytes: number) => void = () => {},
): TraceRecord[] {
  const { traceId, resourceSpans, spans } = trace;
  const request = encodeTraces(resourceSpans);
  if (request.length <= maxBytes) return [{ traceId, request, spans }];
  if (spans <= 1) {
    onDropped(request.length);
    return [];
  }
  return halves(resourceSpans, Math.ceil(spans / 2)).flatMap((part) =>
    traceRecords({ traceId, resourceSpans: part, spans: countSpans(part) }, maxBytes, onDropped),
  );
}

function halves(groups: readonly ResourceSpans[], firstSpans: number): [ResourceSpans[], ResourceSpans[]] {
  const first: ResourceSpans[] = [];
  const second: ResourceSpans[] = [];
  let room = firstSpans;
  for (const group of groups) {
    const [here, there] = [group.spans.slice(0, room), group.spans.slice(room)];
    room -= here.length;
    if (here.length > 0) first.push({ ...group, spans: here });
    if (there.length > 0) second.push({ ...group, spans: there });
  }
  return [first, second];
}

function countSpans(groups: readonly ResourceSpans[]): number {
  return groups.reduce((sum, { spans }) => sum + spans.length, 0);
}
