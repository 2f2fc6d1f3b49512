import { type ExportEvent, ExportQueue, type QueueOptions } from './export-queue.ts';
import type { OtlpExporter } from './exporter.ts';
import { GrpcOtlpExporter } from './grpc-exporter.ts';
import { HttpOtlpExporter } from './http-exporter.ts';
import { defaultRetry, RetryingOtlpExporter, type RetryOptions } from './retrying-exporter.ts';
import type { ExportSettings } from './settings.ts';

/** The exporter for these settings, with retry and a bounded queue before it. Opens no connection yet. */
export async function openExportQueue(
  settings: ExportSettings,
  onEvent: (event: ExportEvent) => void,
  options: { readonly retry?: Partial<RetryOptions>; readonly queue?: QueueOptions } = {},
): Promise<ExportQueue> {
  const adapter: OtlpExporter =
    settings.protocol === 'grpc' ? await GrpcOtlpExporter.connect(settings) : new HttpOtlpExporter(settings);
  const retrying = new RetryingOtlpExporter(adapter, { ...defaultRetry, ...options.retry });
  return new ExportQueue(retrying, onEvent, options.queue);
}
