import type { Emit, HealthComponent } from '@flowloom/service-kit';
import type { capturerEvents } from './capturer.events.ts';
import type { Capture, CaptureEvents, LaneOutput } from './core/capture.ts';
import type { Publisher } from './core/publisher.ts';
import type { SyscallCounters } from './core/syscalls/syscall-session.ts';

export interface SyscallRunnerOptions {
  readonly publisher: Publisher;
  readonly emit: Emit<typeof capturerEvents>;
  readonly health: HealthComponent;
}

/** Leads what the thread of system calls makes to the publisher, and says what was lost. Its end is no end of the capturer. */
export class SyscallRunner implements CaptureEvents<SyscallCounters> {
  readonly #options: SyscallRunnerOptions;
  #capture: Capture | undefined;
  #droppedRows = 0;
  #lost = 0;
  #ioUring = 0;
  #unwatched: Readonly<Record<string, number>> = {};
  #hasFailed = false;
  /** The latest; undefined where system calls are not seen. */
  counters: SyscallCounters | undefined;

  constructor(options: SyscallRunnerOptions) {
    this.#options = options;
  }

  /** Throws a `SourceError` where system calls cannot be seen. */
  async start(capture: Capture): Promise<void> {
    await capture.start();
    this.#capture = capture;
    this.#options.health.ok();
    this.#options.emit.syscallsStarted({});
  }

  output(_lane: number, { records, counters, droppedRows }: LaneOutput<SyscallCounters>): void {
    const { publisher, emit, health } = this.#options;
    this.counters = counters;
    publisher.publish(records);
    if (droppedRows > this.#droppedRows)
      emit.rowsLost({ rows: droppedRows - this.#droppedRows, reason: 'main_thread_busy' });
    this.#droppedRows = droppedRows;
    const lost = counters.lost.ring_full;
    if (lost > this.#lost) {
      emit.syscallsLost({ events: lost - this.#lost });
      health.degraded(`${lost - this.#lost} system calls lost in the last second`);
    } else health.ok();
    this.#lost = lost;
    if (counters.ioUring > 0 && this.#ioUring === 0) emit.ioUringUsed({});
    this.#ioUring = counters.ioUring;
    for (const [what, programs] of Object.entries(counters.unwatched)) {
      const more = programs - (this.#unwatched[what] ?? 0);
      if (more > 0) emit.programsUnwatched({ what, programs: more });
    }
    this.#unwatched = counters.unwatched;
  }

  /** No system call of those asked for goes unseen: neither is there nobody to see them, nor does a program use io_uring. */
  get seesAll(): boolean {
    return this.#capture !== undefined && !this.#hasFailed && this.#ioUring === 0;
  }

  failed(error: Error): void {
    this.#hasFailed = true;
    this.#options.health.degraded(`system calls are not seen any more: ${error.message}`);
    this.#options.emit.syscallsUnseen({ reason: error.message });
  }

  setShare(share: number, isShort: boolean): void {
    this.#capture?.setShare(share, isShort);
  }

  async stop(): Promise<void> {
    await this.#capture?.stop();
    this.#capture = undefined;
  }
}
