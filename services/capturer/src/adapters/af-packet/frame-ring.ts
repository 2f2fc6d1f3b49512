import type { FrameSink } from '../../core/packet-source.ts';
import type { FilterOptions } from './capture-filter.ts';

/** Memory that the kernel fills with frames, until `close`. */
export interface FrameRing {
  /** What poll(2) waits for; absent: it has to be looked at from time to time. */
  readonly fd?: number;
  /** Frames offered, and of those lost because there was no room, as of the last `readStatistics`. */
  readonly received: number;
  readonly dropped: number;
  /** The last `read` ended at a frame whose time has not come. */
  readonly isHeld: boolean;
  /** Without `fd`: there was so much in it that it should be looked at again soon. */
  readonly isFilling?: boolean;
  /** What is captured from now on. */
  setFilter(options: FilterOptions): void;
  /** Captures nothing any more; what it holds can still be read. */
  stop(): void;
  /** Hands over what is there, at most one round, up to the first frame that `isLater`. Returns how many frames. */
  read(sink: FrameSink, beforeUs: number): number;
  readStatistics(): void;
  /** After `fd` had an error. */
  clearError?(): void;
  close(): void;
}

/**
 * Whether a frame has to wait until all rings are read up to `beforeUs`: those of the second from there on. What is still later
 * was stamped before somebody set the clock back, and is not waited for.
 */
export function isLater(timeUs: number, beforeUs: number): boolean {
  return timeUs >= beforeUs && timeUs < beforeUs + 1e6;
}
