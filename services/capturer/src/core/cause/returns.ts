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

  /** It writes an answer to that request: gives the call whose answer that is, undefined where that was known or is not sure. */
  passesBack(request: ProcessRequest, work: Work, { bytes, start, end, timeUs }: SyscallEvent): Call | undefined {
    const read = this.#read.get(request.pid);
    if (read === undefined) return undefined;
    const head = new HeadLines(bytes, start, end);
    const fitting: Call[] = [];
    for (const [call, lines] of read) {
      const isKnown = call.work !== undefined && call.surmise === undefined;
      if ((isKnown && call.work === work) || timeUs - call.answeredUs > LONGEST_US) read.delete(call);
      else if (!isKnown && mayBe(call, work, request) && lines.isIn(head)) fitting.push(call);
    }
    const [only] = fitting;
    if (fitting.length === 1) return isProven(only, work) ? taken(read, only) : undefined;
    const own = fitting.find((call) => call.work === work);
    if (own) read.delete(own);
    const open = fitting.filter((call) => call.work === undefined);
    return open.length === 1 && own === undefined && !hasCall(work) ? taken(read, open[0]) : undefined;
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

/** No other answer can be meant: that tells whether what was surmised of that call, and of others, is right. */
function isProven(call: Call, work: Work): boolean {
  for (const other of [...work.calls]) {
    if (other === call) continue;
    if (other.surmise === undefined) return false;
    other.unlink();
  }
  call.judge(work);
  return true;
}

function taken(read: Map<Call, HeadLines>, call: Call): Call {
  read.delete(call);
  call.surmise = undefined;
  return call;
}

function hasCall(work: Work): boolean {
  for (const _ of work.calls) return true;
  return false;
}
