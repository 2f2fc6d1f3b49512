import type { LaneOutput } from '../../core/capture.ts';
import type { CaptureSessionOptions, SessionCounters } from '../../core/capture-session.ts';
import type { SourceErrorReason } from '../../core/packet-source.ts';
import type { SyscallCounters, SyscallSessionOptions } from '../../core/syscalls/syscall-session.ts';
import type { EbpfOptions } from '../ebpf/settings.ts';
import type { SourceOptions } from '../packet-sources.ts';

/** What a capture thread is started with: its work, packets or system calls. */
export type ThreadData = ThreadLimits & (PacketWork | SyscallWork);

export interface ThreadLimits {
  /** Bytes of records that may be on their way to the main thread; what comes on top is dropped and counted. */
  readonly maxUnreadBytes: number;
  /** Nice value of the thread, as far as the system allows it. */
  readonly nice: number;
  /** And while CPU is short and it sees requests in windows alone: what it reads can wait in between. */
  readonly shortNice: number;
}

export interface PacketWork {
  readonly work: 'packets';
  readonly source: SourceOptions;
  readonly session: CaptureSessionOptions;
}

export interface SyscallWork {
  readonly work: 'syscalls';
  readonly source: EbpfOptions;
  readonly session: SyscallSessionOptions;
}

/** From a capture thread. */
export type FromThread<Counters = SessionCounters | SyscallCounters> =
  | { readonly type: 'started' }
  | { readonly type: 'refused'; readonly message: string; readonly reason: SourceErrorReason }
  | { readonly type: 'failed'; readonly message: string }
  | ({ readonly type: 'output' } & LaneOutput<Counters>)
  | { readonly type: 'stopped' };

/** To a capture thread: so many bytes of its output were read; see requests for that share of the time (`Capture.setShare`); end. */
export type ToThread =
  | { readonly type: 'read'; readonly bytes: number }
  | { readonly type: 'share'; readonly share: number; readonly isShort: boolean; readonly isLoopbackLeft?: boolean }
  | { readonly type: 'stop' };
