import type { CaptureError } from './capture-error.ts';

/** One file format: steps through the records of a window of the file. */
export interface CaptureFormat {
  /** Name for a person: `pcap`, `pcapng`. */
  readonly name: string;
  /** Why reading ended, or null. */
  readonly error: CaptureError | null;
  /** Moves the frame to the next record. False: more bytes are needed, or `error` is set. */
  next(): boolean;
}
