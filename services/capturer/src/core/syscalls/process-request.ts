import type { Exchange } from '@flowloom/l7';
import type { SyscallEvent } from './syscall-event.ts';

/** How the parent of a request is known: `link` of `requests.raw`. */
export type LinkKind = 'observed' | 'header' | 'inferred';

/** A request as a process reads or writes it, from its first byte until its row is written. */
export interface ProcessRequest {
  /** `request_id` of its row, known from its start: two 32-bit words. */
  readonly idHigh: number;
  readonly idLow: number;
  /** `server`: the process was asked (s-p). `client`: it asks (c-p). */
  readonly role: 'client' | 'server';
  /** What the parsers know of it so far; complete when its row is written. */
  readonly exchange: Exchange;
  /** Where it was read or written first. */
  readonly socket: number;
  readonly pid: number;
  readonly tid: number;
  readonly goid: number;
  readonly isTls: boolean;

  /** Written by the linker, at the latest while the row is held: the incoming request that made this one; null for none. */
  parent: ProcessRequest | null;
  link: LinkKind;
  /** Name of the rule that found the parent; '' without. */
  linkRule: string;
  /** 0 to 1, of an inferred parent. */
  linkConfidence: number;
  /**
   * True: what its maker does next may still tell its parent, or another one. After \`completes\` its row is held until this
   * is false, for two seconds at most.
   */
  isUndecided: boolean;
  /** What the linker keeps with it: a map by request would cost more than all else. */
  known: unknown;
}

/**
 * Finds which incoming request made a process send an outgoing one.
 *
 * - Every event comes first to `event`, before its payload is parsed; then, during the same event, what begins in its
 *   payload: any number of `requestStarts` and `responseStarts`, and of `completes`.
 * - `exchange` is filled further after `requestStarts` has returned: headers are known by `headKnown`, at the end of the
 *   event that brought them.
 * - `completes` comes exactly once for each request that started, also long after its last event (time-out, closed
 *   socket); the linker must keep nothing of it afterwards but what a later child needs, bounded.
 * - Nothing is called from inside another call. No clock: time is that of events, and of `tick`.
 */
export interface CauseLinker {
  event(event: SyscallEvent): void;
  requestStarts(request: ProcessRequest, event: SyscallEvent): void;
  /** Headers, X-Request-ID and trace context of the request are read. */
  headKnown?(request: ProcessRequest): void;
  /** The answer's first byte passes: for a server the turn is over with its last byte, for a client its parent goes on. */
  responseStarts(request: ProcessRequest, event: SyscallEvent): void;
  /** The row is written next. */
  completes(request: ProcessRequest): void;
  /** Once a second: forget what is old. */
  tick(nowUs: number): void;
}
