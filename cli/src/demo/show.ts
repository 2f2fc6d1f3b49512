import { formatDuration, formatTrace, type ResourceSpans, type SpanKind } from '@flowloom/otlp';
import type { FlowLog } from '@flowloom/records';
import type { DemoOutputs, DemoSpan } from './outputs.ts';
import { nameOf, quantile, serviceMap } from './service-map.ts';
import { table } from './table.ts';

const FLOWS_SHOWN = 8;

/** Prints a few flow logs, the service map, and one whole trace. */
export function show(outputs: DemoOutputs, answers: Record<string, number>, color: boolean): void {
  const { counts } = outputs;
  const title = (text: string) => console.log(color ? `\n\x1b[1m${text}\x1b[0m` : `\n${text}`);
  const statuses = Object.entries(answers).map(([status, n]) => `${n} x ${status}`);
  console.log(
    `The customers got ${statuses.join(', ')}. Flowloom saw, from ${counts.processRequests > 0 ? 'packets and system calls' : 'packets alone'}:`,
  );

  title(`Flow logs (${counts.flows} flows, the largest)`);
  for (const line of flowTable(outputs.flows)) console.log(line);

  title(`Service map (${counts.requests} request logs)`);
  for (const line of mapTable(outputs)) console.log(line);

  title(`One trace of ${counts.traces} (${counts.spans} spans)`);
  console.log(formatTrace(widestTrace(outputs), { width: process.stdout.columns || 110, color }));
}

function flowTable(flows: readonly FlowLog[]): string[] {
  const size = (row: FlowLog) => row.bytes_tx + row.bytes_rx;
  const tcp = flows.filter((row) => row.protocol === 'tcp').sort((a, b) => size(b) - size(a));
  const header = ['client', 'server', 'at', 'l7', 'packets', 'bytes', 'rtt', 'requests', 'errors', 'close'];
  const rows = tcp
    .slice(0, FLOWS_SHOWN)
    .map((row) => [
      `${nameOf(row, 'client')}:${row.client_port}`,
      `${nameOf(row, 'server')}:${row.server_port}`,
      row.observation_point,
      row.l7_protocol ?? '',
      row.packets_tx + row.packets_rx,
      size(row),
      row.rtt_us ? formatDuration(row.rtt_us) : '',
      row.l7_request ?? 0,
      (row.l7_client_error ?? 0) + (row.l7_server_error ?? 0),
      row.close_type,
    ]);
  return table(header, rows);
}

function mapTable({ requests }: DemoOutputs): string[] {
  const header = ['client', 'server', 'protocol', 'requests', 'errors', 'p50', 'p95'];
  const rows = serviceMap(requests).map((edge) => [
    edge.client,
    `-> ${edge.server}`,
    edge.protocol,
    edge.requests,
    edge.errors,
    formatDuration(quantile(edge.durationsUs, 0.5)),
    formatDuration(quantile(edge.durationsUs, 0.95)),
  ]);
  return table(header, rows);
}

/** The trace with the most services, and of those the one with the most spans. */
function widestTrace({ traces }: DemoOutputs): ResourceSpans[] {
  const services = (spans: readonly DemoSpan[]) => new Set(spans.map((span) => span.service)).size;
  const score = (spans: readonly DemoSpan[]) => services(spans) * 1000 + Math.min(spans.length, 999);
  const best = [...traces.values()].reduce((a, b) => (score(b) > score(a) ? b : a), [] as readonly DemoSpan[]);
  return [...Map.groupBy(best, (span) => span.service)].map(([service, spans]) => ({
    resource: { attributes: { 'service.name': service } },
    scope: { name: 'flowloom' },
    spans: spans.map((span) => ({
      ...span,
      kind: span.kind as SpanKind,
      attributes: {},
      ...(span.isError && { error: {} }),
    })),
  }));
}
