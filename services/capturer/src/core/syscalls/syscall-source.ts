import type { SyscallSink } from './syscall-event.ts';

/**
 * Where system calls on sockets come from.
 *
 * - `open` begins; from then on the source calls `sink.event` synchronously, from the event loop of the thread that
 *   opened it, until `close`.
 * - The event and its bytes are borrowed during the call.
 * - What was lost is not silent: `counters` grows.
 * - `open` throws an error with a sentence for people where this host does not allow it. Later trouble goes to
 *   `sink.failed`, once.
 * - Calls of the capturer itself are left out, but for the connections that it opens: `sink.ownConnection`.
 */
export interface SyscallSource {
  /** @param isPaused as after `pause`, until `resume` */
  open(sink: SyscallSourceSink, isPaused?: boolean): void;
  /** Resolves when all programs that ran at `open` have been looked at, and their probes are in. */
  readonly fitted: Promise<void>;
  /** Payload of the socket is not wanted any more, ever. */
  noPayload(socket: number): void;
  /** Nor is the plaintext of a TLS connection, ever. */
  noPlaintext(socket: number): void;
  /** Payload is not wanted before TCP sequence number `seq` of that direction. */
  skipUntil(socket: number, direction: 'read' | 'write', seq: number): void;
  /** Nothing of the socket is wanted. */
  silence(socket: number): void;
  /**
   * Threads of that process are to tell what their registers and frames hold, or no more (`SyscallKind.addresses`), if it is a program without
   * a runtime and has several, or `mayBeAlone`.
   */
  askAddresses(pid: number, isAsked: boolean, mayBeAlone?: boolean): void;
  /** That process is to tell what its queues pass on, or no more (`SyscallKind.put`, `get`), if it is one of Python. */
  askQueues(pid: number, isAsked: boolean): void;
  /** Payload of the socket is wanted again. */
  forgetOrders(socket: number): void;
  /** How much of the room for events is taken by those that wait to be handed over, 0 to 1. */
  readonly fill: number;
  /** Calls that happened since `open` and will never be handed over. */
  readonly lostCalls: number;
  /** No calls are told until `resume`; processes are followed all the same. What the ring holds is still to be had by `drain`. */
  pause(): void;
  /** Goes on; first tells the connections that the capturer has by now. */
  resume(): void;
  /** Id of the container of a process that runs at present; '' outside of any. */
  containerOf(pid: number): string;
  /** Hands over what has happened so far. */
  drain(): void;
  counters(): SyscallSourceCounters;
  /** Resolves when nothing of it is left in the kernel. */
  close(): Promise<void>;
}

export interface SyscallSourceSink extends SyscallSink {
  /** The capturer itself opened a connection; the event is a `connect`. */
  ownConnection: SyscallSink['event'];
  failed(error: Error): void;
}

/** Since `open`. */
export interface SyscallSourceCounters {
  readonly events: number;
  /** Events and payload that were lost, by cause. */
  readonly lost: Readonly<Record<string, number>>;
  /** Socket calls through io_uring, which are not seen. */
  readonly ioUring: number;
  /** TLS libraries and programs with probes at present. */
  readonly tlsPrograms: number;
  /** Programs that are not watched as closely any more, since that would slow them down, by what is not watched. */
  readonly unwatched: Readonly<Record<string, number>>;
}
