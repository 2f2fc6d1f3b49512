import type { Emit, HealthComponent } from '@flowloom/service-kit';
import type { capturerEvents } from './capturer.events.ts';
import type { Capture, CaptureEvents } from './core/capture.ts';
import type { SessionCounters, SessionOutput } from './core/capture-session.ts';
import { CaptureTotals } from './core/capture-totals.ts';
import type { Publisher } from './core/publisher.ts';

export interface CaptureRunnerOptions {
  readonly publisher: Publisher;
  readonly emit: Emit<typeof capturerEvents>;
  readonly health: HealthComponent;
  fail(error: Error): void;
}

/** Leads what the capture threads make to the publisher, and says what was lost on the way. */
export class CaptureRunner implements CaptureEvents {
  readonly totals = new CaptureTotals();
  readonly #options: CaptureRunnerOptions;
  #capture: Capture | undefined;
  #lostPackets = 0;
  readonly #droppedRows: number[] = [];

  constructor(options: CaptureRunnerOptions) {
    this.#options = options;
  }

  /** Throws a `SourceError` where capturing is not possible. */
  async start(capture: Capture): Promise<void> {
    await capture.start();
    this.#capture = capture;
    this.#options.health.ok();
  }

  output(lane: number, { records, counters, droppedRows }: SessionOutput & { readonly droppedRows: number }): void {
    this.totals.set(lane, counters);
    this.#options.publisher.publish(records);
    const fresh = droppedRows - (this.#droppedRows[lane] ?? 0);
    if (fresh > 0) this.#options.emit.rowsLost({ rows: fresh, reason: 'main_thread_busy' });
    this.#droppedRows[lane] = droppedRows;
    this.#tellLosses(counters);
  }

  #tellLosses({ droppedByKernel }: SessionCounters): void {
    const { health, publisher, emit } = this.#options;
    const lost = this.totals.sum((counters) => counters.droppedByKernel + counters.droppedByInterface);
    const fresh = lost - this.#lostPackets;
    this.#lostPackets = lost;
    if (fresh > 0) emit.packetsDropped({ packets: fresh, where: droppedByKernel > 0 ? 'ring' : 'interface' });
    if (publisher.isAway) health.degraded('the bus does not take records: they are kept here');
    else if (fresh > 0) health.degraded(`${fresh} packets lost in the last second`);
    else health.ok();
  }

  failed(error: Error): void {
    this.#options.health.down(error.message);
    this.#options.fail(error);
  }

  setShare(share: number, isShort: boolean, isLoopbackLeft: boolean): void {
    this.#capture?.setShare(share, isShort, isLoopbackLeft);
  }

  /** Stops capturing; what is left goes to the publisher. */
  async stop(): Promise<void> {
    await this.#capture?.stop();
    this.#capture = undefined;
  }
}
