import type { L7Options } from '@flowloom/l7';
import { Windows } from '../budget/windows.ts';
import { ObservedCauses } from '../cause/cause-linker.ts';
import { encodeRecords } from '../encode-records.ts';
import type { RawRecord } from '../raw-record.ts';
import type { SyscallEvent } from './syscall-event.ts';
import { SyscallPipeline } from './syscall-pipeline.ts';
import type { SyscallSource, SyscallSourceCounters } from './syscall-source.ts';

export interface SyscallSessionOptions {
  /** `agent` of the rows. */
  readonly agent: string;
  /** Partitions of `requests.raw`. */
  readonly partitions: number;
  readonly maxSockets: number;
  /** Whether the kernel lets programs be probed. */
  readonly mayProbe: boolean;
  readonly l7: Partial<L7Options>;
}

/** What a session has counted since its start. */
export interface SyscallCounters extends SyscallSourceCounters {
  /** Sockets at present. */
  readonly sockets: number;
  /** Sockets forgotten for want of room. */
  readonly evictedSockets: number;
  readonly l7: Readonly<Record<string, number>>;
  /** Seconds in which nothing was seen, to keep to the budget of CPU. */
  readonly shedS: number;
  /** Windows that ended early, as the events of a longer one would not have been read in time. */
  readonly cutWindows: number;
}

/** What a session makes of a second. */
export interface SyscallOutput {
  readonly records: readonly RawRecord[];
  readonly counters: SyscallCounters;
}

const tickMs = 1000;
/** So often it is looked whether there is room for what is told in a window; and how much may be taken. */
const lookMs = 10;
const mostFill = 0.6;

/** System calls of a source through the pipeline, and once a second the rows as records for the bus. Bounded memory. */
export class SyscallSession {
  readonly #source: SyscallSource;
  readonly #pipeline: SyscallPipeline;
  #records: RawRecord[] = [];
  readonly #output: (output: SyscallOutput) => void;
  readonly #failed: (error: Error) => void;
  readonly #windows = new Windows();
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Timeout | undefined;
  #pausedUs: number | undefined;
  #shedUs = 0;
  #cutWindows = 0;

  constructor(
    source: SyscallSource,
    options: SyscallSessionOptions,
    output: (output: SyscallOutput) => void,
    failed: (error: Error) => void,
  ) {
    this.#source = source;
    this.#output = output;
    this.#failed = failed;
    this.#pipeline = new SyscallPipeline({
      ...options,
      requests: (batch, partition) => {
        this.#records.push(...encodeRecords('requestsRaw', partition, batch));
        return batch;
      },
      linker: () =>
        new ObservedCauses(
          options.mayProbe,
          (pid, isAsked, mayBeAlone) => source.askAddresses(pid, isAsked, mayBeAlone),
          (pid, isAsked) => source.askQueues(pid, isAsked),
        ),
      source,
      windows: this.#windows,
    });
  }

  /**
   * Begins, when programs that run by now have their probes: what they do before would be linked without them, and wrongly.
   * Rejects with a `SourceError` where system calls cannot be seen.
   */
  async start(): Promise<void> {
    const sink = {
      event: (event: SyscallEvent) => this.#pipeline.event(event),
      ownConnection: (event: SyscallEvent) => this.#pipeline.ownConnection(event),
      failed: (error: Error) => this.#failed(error),
    };
    this.#source.open(sink, true);
    this.#timer = setInterval(() => {
      this.#pipeline.tick(Date.now() * 1000);
      this.#publish(this.#source.counters());
    }, tickMs);
    await this.#source.fitted;
    if (this.#pausedUs === undefined) this.#source.resume();
  }

  /** From now on requests are seen for that share of the time, 0 to 1. */
  setShare(share: number): void {
    const nowUs = Date.now() * 1000;
    if (this.#pausedUs !== undefined && this.#windows.isOpen) {
      this.#source.drain();
      this.#pipeline.advance(nowUs);
    }
    this.#windows.setShare(share, nowUs);
    this.#turnWindows();
  }

  /** Opens and closes windows in time; early where there is no room for more. What happened before one closes is read to its end. */
  #turnWindows(): void {
    clearTimeout(this.#turn);
    const nowUs = Date.now() * 1000;
    if (this.#mayClose(nowUs)) {
      this.#pipeline.advance(nowUs);
      if (this.#windows.isOpen) this.#resume(nowUs);
    }
    const { nextUs, isOpen } = this.#windows;
    if (nextUs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(1, Math.ceil((nextUs - nowUs) / 1000));
    this.#turn = setTimeout(() => this.#turnWindows(), isOpen ? Math.min(waitMs, lookMs) : waitMs);
  }

  /** Pauses the source when a window ends. False while it has not ended, or while something of it is still to be read. */
  #mayClose(nowUs: number): boolean {
    const windows = this.#windows;
    if (this.#pausedUs === undefined) {
      if (windows.nextUs !== Number.POSITIVE_INFINITY && this.#source.fill > mostFill) {
        this.#cutWindows++;
        windows.cutShort(nowUs);
      }
      if (windows.isOpen && nowUs < windows.nextUs) return false;
      this.#pausedUs = nowUs;
      this.#source.pause();
    }
    return !windows.isOpen || this.#source.fill === 0;
  }

  #resume(nowUs: number): void {
    if (this.#pausedUs === undefined) return;
    this.#shedUs += nowUs - this.#pausedUs;
    this.#pausedUs = undefined;
    this.#source.resume();
  }

  /** Ends: what is open is reported, and everything goes to the output. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#turn);
    this.#source.drain();
    const counters = this.#source.counters();
    const closed = this.#source.close();
    this.#pipeline.flush(Date.now() * 1000);
    this.#publish(counters);
    await closed;
  }

  #publish(source: SyscallSourceCounters): void {
    const records = this.#records;
    this.#records = [];
    const { stats, sockets } = this.#pipeline;
    const shedUs = this.#shedUs + (this.#pausedUs === undefined ? 0 : Date.now() * 1000 - this.#pausedUs);
    const counters = {
      ...source,
      sockets: sockets.open,
      evictedSockets: sockets.evicted,
      l7: { ...stats },
      shedS: shedUs / 1e6,
      cutWindows: this.#cutWindows,
    };
    this.#output({ records, counters });
  }
}
