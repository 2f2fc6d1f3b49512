import type { SessionCounters } from './capture-session.ts';
import type { RawRecord } from './raw-record.ts';

/** What a running capture tells its owner. `lane` is the number of the thread. */
export interface CaptureEvents<Counters = SessionCounters> {
  output(lane: number, output: LaneOutput<Counters>): void;
  /** It cannot go on. */
  failed(error: Error): void;
}

/** What a thread makes of a second. */
export interface LaneOutput<Counters> {
  readonly records: readonly RawRecord[];
  readonly counters: Counters;
  /** Rows dropped since its start, as the main thread did not take them in time. */
  readonly droppedRows: number;
}

/** A capture, wherever it runs. `start` throws a `SourceError` where it is not possible. */
export interface Capture {
  start(): Promise<void>;
  /**
   * From now on requests are seen for that share of the time, 0 to 1.
   *
   * @param isShort for want of CPU, which others need
   * @param isLoopbackLeft those on loopback are not looked for in packets at all: somebody else sees them. Default false
   */
  setShare(share: number, isShort: boolean, isLoopbackLeft?: boolean): void;
  /** Hands over what is left, then resolves. */
  stop(): Promise<void>;
}
