import type { CaptureSessionOptions, SessionOutput } from '../../core/capture-session.ts';
import type { SourceErrorReason } from '../../core/packet-source.ts';
import type { SourceOptions } from '../packet-sources.ts';

/** What a capture thread is started with. */
export interface ThreadData {
  readonly source: SourceOptions;
  readonly session: CaptureSessionOptions;
  /** Bytes of records that may be on their way to the main thread; what comes on top is dropped and counted. */
  readonly maxUnreadBytes: number;
  /** Nice value of the thread, as far as the system allows it. */
  readonly nice: number;
}

/** From a capture thread. */
export type FromThread =
  | { readonly type: 'started' }
  | { readonly type: 'refused'; readonly message: string; readonly reason: SourceErrorReason }
  | { readonly type: 'failed'; readonly message: string }
  | ({ readonly type: 'output'; readonly droppedRows: number } & SessionOutput)
  | { readonly type: 'stopped' };

/** To a capture thread: so many bytes of its output were read; end. */
export type ToThread = { readonly type: 'read'; readonly bytes: number } | { readonly type: 'stop' };
