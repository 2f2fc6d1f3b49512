import type { ExportResult, OtlpExporter } from './exporter.ts';

export interface RetryOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  /** After this long a request is given up. */
  readonly maxElapsedMs: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  /** 0 to 1, so that many senders do not come back at once. */
  readonly random?: () => number;
  readonly onRetry?: (reason: string, waitMs: number) => void;
}

export const defaultRetry: RetryOptions = { initialMs: 1_000, maxMs: 30_000, maxElapsedMs: 300_000 };

/** Sends again what may be sent again: growing pauses with jitter, or as long as the receiver asks for. */
export class RetryingOtlpExporter implements OtlpExporter {
  readonly #inner: OtlpExporter;
  readonly #options: RetryOptions;
  readonly #closing = Promise.withResolvers<void>();
  #closed = false;

  constructor(inner: OtlpExporter, options: RetryOptions = defaultRetry) {
    this.#inner = inner;
    this.#options = options;
  }

  async export(request: Uint8Array): Promise<ExportResult> {
    const { initialMs, maxMs, maxElapsedMs, onRetry, now = Date.now, random = Math.random } = this.#options;
    const started = now();
    for (let pause = initialMs; ; pause = Math.min(pause * 2, maxMs)) {
      const result = await this.#inner.export(request);
      if (result.kind !== 'retryable') return result;
      const waitMs = result.retryAfterMs ?? pause * (0.5 + random() / 2);
      if (this.#closed || now() + waitMs - started > maxElapsedMs) {
        return { kind: 'failed', reason: `gave up: ${result.reason}` };
      }
      onRetry?.(result.reason, waitMs);
      await this.#pause(waitMs);
    }
  }

  /** Cuts pauses short: each waiting request gets one last attempt. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.resolve();
    await this.#inner.close();
  }

  async #pause(ms: number): Promise<void> {
    if (this.#options.sleep) return this.#options.sleep(ms);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#closing.promise]);
    clearTimeout(timer);
  }
}
