import type { SessionOutput } from './capture-session.ts';

/** What a running capture tells its owner. `lane` is the number of the thread. */
export interface CaptureEvents {
  output(lane: number, output: SessionOutput & { readonly droppedRows: number }): void;
  /** It cannot go on. */
  failed(error: Error): void;
}

/** A capture, wherever it runs. `start` throws a `SourceError` where it is not possible. */
export interface Capture {
  start(): Promise<void>;
  /** Hands over what is left, then resolves. */
  stop(): Promise<void>;
}
