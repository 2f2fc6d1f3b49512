import type { ExportEvent } from './export-queue.ts';
import type { Signal } from './exporter.ts';

interface Lost {
  readonly items: number;
  readonly reason: string;
  readonly detail: string;
}

/** What a service says of its exports. */
export interface ExportReports {
  exported(happened: { readonly items: number }): void;
  exportLost(lost: Lost): void;
  /** The endpoint takes nothing of the signal. */
  exportUnsupported(lost: Lost): void;
}

/** Says what has happened in an export queue. */
export function reportExport(reports: ExportReports, happened: ExportEvent): void {
  if (happened.type === 'exported') reports.exported(happened);
  else if (happened.type === 'rejected')
    reports.exportLost({ items: happened.items, reason: 'rejected', detail: happened.message });
  else if (happened.reason === 'unsupported') reports.exportUnsupported(happened);
  else reports.exportLost(happened);
}

/** Says that an endpoint takes nothing of a signal, and what to set. */
export function unsupportedText(signal: Signal, detail: string): string {
  const name = signal.toUpperCase();
  return `the OTLP endpoint takes no ${signal} (${detail}): they are dropped; set OTEL_EXPORTER_OTLP_${name}_ENDPOINT to where they shall go, or OTEL_${name}_EXPORTER=none`;
}
