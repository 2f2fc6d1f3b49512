import type { ExportResult, OtlpExporter } from './exporter.ts';

export interface QueueOptions {
  /** Most bytes that wait. */
  readonly maxBytes: number;
  /** Requests are joined up to this size. */
  readonly maxRequestBytes: number;
  /** How long `put` waits for room before it gives up. */
  readonly maxWaitMs: number;
  /** How long `close` goes on sending. */
  readonly closeMs: number;
  /** Requests that are under way at once. */
  readonly concurrency: number;
}

export const defaultQueue: QueueOptions = {
  maxBytes: 64 * 2 ** 20,
  maxRequestBytes: 2 ** 20,
  maxWaitMs: 30_000,
  closeMs: 5_000,
  concurrency: 2,
};

/** What happens in the queue; `items` are spans, data points or log records. */
export type ExportEvent =
  | { readonly type: 'exported'; readonly items: number; readonly bytes: number }
  | { readonly type: 'rejected'; readonly items: number; readonly message: string }
  | {
      readonly type: 'dropped';
      readonly items: number;
      readonly reason: 'queue_full' | 'unsupported' | 'failed';
      readonly detail: string;
    };

interface Waiting {
  readonly request: Uint8Array;
  readonly items: number;
  readonly settle: () => void;
}

/**
 * A bounded queue before an exporter. Encoded requests of one signal may be joined byte by byte: protobuf reads repeated
 * fields one after another as one list. Nothing is lost in silence: every request ends in exactly one event.
 */
export class ExportQueue {
  readonly #exporter: OtlpExporter;
  readonly #options: QueueOptions;
  readonly #onEvent: (event: ExportEvent) => void;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  readonly #running = new Set<Promise<void>>();
  #room = Promise.withResolvers<void>();

  constructor(exporter: OtlpExporter, onEvent: (event: ExportEvent) => void, options: QueueOptions = defaultQueue) {
    this.#exporter = exporter;
    this.#options = options;
    this.#onEvent = onEvent;
  }

  /** Bytes that wait and are under way. */
  get bytes(): number {
    return this.#waitingBytes;
  }

  /** Takes a request over. Waits while the queue is full: that holds the producer back. */
  async put(request: Uint8Array, items: number): Promise<void> {
    await this.#enqueue(request, items, () => {});
  }

  /** As `put`, but what finds no room is dropped at once: for a producer that others wait for. */
  offer(request: Uint8Array, items: number): void {
    if (this.#hasRoom(request)) this.#take({ request, items, settle: () => {} });
    else this.#dropFull(items);
  }

  /** As `put`, but resolves when the request is sent or given up. */
  async deliver(request: Uint8Array, items: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await this.#enqueue(request, items, resolve);
    await promise;
  }

  /** Resolves when all that was put is sent or given up. */
  async flush(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Sends what waits, for `closeMs` at most; what is left then counts as dropped. */
  async close(): Promise<void> {
    await within(this.flush(), this.#options.closeMs);
    await this.#exporter.close();
    await this.flush();
  }

  async #enqueue(request: Uint8Array, items: number, settle: () => void): Promise<void> {
    const deadline = Date.now() + this.#options.maxWaitMs;
    while (!this.#hasRoom(request)) {
      const left = deadline - Date.now();
      if (left <= 0) {
        this.#dropFull(items);
        settle();
        return;
      }
      await within(this.#room.promise, left);
    }
    this.#take({ request, items, settle });
  }

  #hasRoom({ length }: Uint8Array): boolean {
    return this.#waitingBytes === 0 || this.#waitingBytes + length <= this.#options.maxBytes;
  }

  #take(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#waitingBytes += waiting.request.length;
    this.#start();
  }

  #dropFull(items: number): void {
    this.#onEvent({ type: 'dropped', items, reason: 'queue_full', detail: `${this.#waitingBytes} bytes wait` });
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#running.size < this.#options.concurrency) {
      const running: Promise<void> = this.#sendNext().finally(() => {
        this.#running.delete(running);
        this.#start();
      });
      this.#running.add(running);
    }
  }

  async #sendNext(): Promise<void> {
    // Wait for the rest of this turn: what is put in one go leaves in one request.
    await new Promise(setImmediate);
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    const items = batch.reduce((sum, one) => sum + one.items, 0);
    const request = batch.length === 1 ? batch[0].request : Buffer.concat(batch.map((one) => one.request));
    const result = await this.#exporter.export(request);
    this.#waitingBytes -= request.length;
    this.#room.resolve();
    this.#room = Promise.withResolvers<void>();
    this.#report(result, items, request.length);
    for (const { settle } of batch) settle();
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { request } of this.#waiting) {
      if (count > 0 && bytes + request.length > this.#options.maxRequestBytes) break;
      bytes += request.length;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #report(result: ExportResult, items: number, bytes: number): void {
    if (result.kind === 'ok') this.#onEvent({ type: 'exported', items, bytes });
    else if (result.kind === 'partial') {
      this.#onEvent({ type: 'exported', items: items - result.rejected, bytes });
      this.#onEvent({ type: 'rejected', items: result.rejected, message: result.message });
    } else {
      const reason = result.kind === 'unsupported' ? 'unsupported' : 'failed';
      this.#onEvent({ type: 'dropped', items, reason, detail: result.reason });
    }
  }
}

async function within(done: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([done, promise]);
  clearTimeout(timer);
}
