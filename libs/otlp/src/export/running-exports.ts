import type { ExportResult } from './exporter.ts';

/** The exports of one adapter that are under way, so that closing it waits for them and lets no new one begin. */
export class RunningExports {
  readonly #running = new Set<Promise<ExportResult>>();
  #closed = false;

  /** The result of `send`; once closed, `send` is not called and the export fails. */
  async run(send: () => Promise<ExportResult>): Promise<ExportResult> {
    if (this.#closed) return { kind: 'failed', reason: 'closed' };
    const running = send();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Resolves when none is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }
}
