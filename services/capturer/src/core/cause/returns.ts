import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import { HeadLines } from './head-lines.ts';
import { keep } from './keep.ts';
import type { Work } from './work.ts';

/** Answers that one process has read and not passed on; beyond, the oldest are forgotten. */
const MAX_ANSWERS = 1024;
/** An answer that is not passed on for so long never will be: who asked is gone. */
const LONGEST_US = 2e6;

/**
 * Answers that a proxy passes back: where requests are alike, it is known by its answer which of them it had passed on as which.
 * One is recognized where it alone has been read and not passed on, of those whose head is in what is written.
 */
export class Returns {
  readonly #read = new Map<number, Map<Call, HeadLines>>();

  /** The proxy has read the answer to that call. */
  reads(call: Call, { bytes, start, end }: SyscallEvent): void {
    const { pid } = call.request;
    let read = this.#read.get(pid);
    if (read === undefined) this.#read.set(pid, (read = new Map()));
    keep(read, call, new HeadLines(bytes, start, end), MAX_ANSWERS);
  }

  /** It writes an answer to that request: gives the call whose answer that is, undefined where this is known or not sure. */
  passesBack(request: ProcessRequest, work: Work, { bytes, start, end, timeUs }: SyscallEvent): Call | undefined {
    const read = this.#read.get(request.pid);
    if (read === undefined) return undefined;
    const head = new HeadLines(bytes, start, end);
    let only: Call | undefined;
    let count = 0;
    for (const [call, lines] of read) {
      if (call.work === work || timeUs - call.answeredUs > LONGEST_US) read.delete(call);
      else if (call.work === undefined && mayBe(call, work, request) && lines.isIn(head)) {
        only = call;
        count++;
      }
    }
    if (count !== 1 || hasCall(work)) return undefined;
    read.delete(only!);
    return only;
  }

  /** The process has ended. */
  ended(pid: number): void {
    this.#read.delete(pid);
  }
}

/** It asked for the same, and later. */
function mayBe({ request, startUs }: Call, work: Work, asked: ProcessRequest): boolean {
  const { request_type: type, request_resource: resource } = asked.exchange;
  return (
    startUs >= work.startUs && request.exchange.request_type === type && request.exchange.request_resource === resource
  );
}

function hasCall(work: Work): boolean {
  for (const _ of work.calls) return true;
  return false;
}
