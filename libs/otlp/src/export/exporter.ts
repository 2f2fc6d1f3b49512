export type Signal = 'traces' | 'metrics' | 'logs';

/** What became of one export request. Only `retryable` may be sent again. */
export type ExportResult =
  | { readonly kind: 'ok' }
  /** The receiver took the request but not all of its items: they are lost, and sending again is forbidden. */
  | { readonly kind: 'partial'; readonly rejected: number; readonly message: string }
  | { readonly kind: 'retryable'; readonly reason: string; readonly retryAfterMs?: number }
  /** It takes nothing of this signal, as a Jaeger takes no metrics. */
  | { readonly kind: 'unsupported'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Sends encoded Export...ServiceRequests of one signal to a receiver.
 *
 * - Never throws for what the network or the receiver does: the result says it.
 * - Calls may overlap; their order is not kept.
 * - `close` waits for the calls that run; afterwards `export` fails.
 */
export interface OtlpExporter {
  export(request: Uint8Array): Promise<ExportResult>;
  close(): Promise<void>;
}
