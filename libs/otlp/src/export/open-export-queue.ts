import { type ExportEvent, ExportQueue, type QueueOptions } from './export-queue.ts';
import type { OtlpExporter } from './exporter.ts';
import { GrpcOtlpExporter } from './grpc-exporter.ts';
import { defaultRetry, RetryingOtlpExporter, type RetryOptions } from './retrying-exporter.ts';
import type { ExportSettings } from './settings.ts';

/** The exporter for these settings, with retry and a bounded queue before it. Opens no connection yet. */
export async function openExportQueue(
  settings: ExportSettings,
  onEvent: (event: ExportEvent) => void,
  options: { readonly retry?: Partial<RetryOptions>; readonly queue?: QueueOptions } = {},
): Promise<ExportQueue> {
  const retrying = new RetryingOtlpExporter(await adapterOf(settings), { ...defaultRetry, ...options.retry });
  return new ExportQueue(retrying, onEvent, options.queue);
}

/** Each is loaded when it is used: `node:http` alone costs a short command 30 ms. */
async function adapterOf(settings: ExportSettings): Promise<OtlpExporter> {
  if (settings.protocol === 'grpc') return GrpcOtlpExporter.connect(settings);
  const { HttpOtlpExporter } = await import('./http-exporter.ts');
  return new HttpOtlpExporter(settings);
}
