import type { ProcessRequest } from '../syscalls/process-request.ts';
import { type Call, isOfSession } from './call.ts';

/** Calls of one request that may still be taken back: those of a request that never ends would be too many. */
const MAX_CALLS = 4096;
const none: readonly Call[] = [];

/** What a process does for one incoming request; that may be recognized only when it is answered. */
export class Work {
  #request: ProcessRequest | null = null;
  readonly startUs: number;
  /** The answer has passed whole: from now on nothing begins for this request. */
  isAnswered = false;
  /** Several threads write to its connection: what one has to send another one may. */
  isSentByAnyone = false;
  /** When its answer is made was told: that it is sent says nothing. */
  isAnswerTold = false;
  /** Its X-Request-ID, with the process; '' without. */
  requestId = '';
  /** Calls believed to be made for it; undefined: none. */
  #calls: Set<Call> | undefined;
  /** Calls that seem to have been made for it, by a rule that is not believed yet. */
  #awaited: Set<Call> | undefined;

  constructor(startUs: number) {
    this.startUs = startUs;
  }

  /** Null until it is recognized. */
  get request(): ProcessRequest | null {
    return this.#request;
  }

  set request(request: ProcessRequest) {
    this.#request = request;
    for (const call of this.calls) call.request.parent = request;
  }

  get calls(): Iterable<Call> {
    return this.#calls ?? none;
  }

  /** Its answer may be sent later than it is made. */
  get isQueued(): boolean {
    return this.#request !== null && isOfSession(this.#request);
  }

  /** Takes a call over; false where that is for good. */
  add(call: Call): boolean {
    this.#calls ??= new Set();
    if (this.isAnswered || this.#calls.size >= MAX_CALLS) return false;
    this.#calls.add(call);
    return true;
  }

  /** That call was made for it, if a rule holds that is not believed yet. */
  isAwaited(call: Call): void {
    this.#awaited ??= new Set();
    if (this.#awaited.size < MAX_CALLS) this.#awaited.add(call);
  }

  remove(call: Call): void {
    this.#calls?.delete(call);
  }

  /**
   * Nothing more can be learnt. A call that has no answer yet was not made for this request, or is of no use to it: no cause
   * is claimed for it. Returns those whose cause was only guessed while there was more than one request: something may
   * confirm it yet.
   */
  answered(): readonly Call[] {
    this.isAnswered = true;
    for (const call of this.#awaited ?? none) if (!call.isAnswered) call.judge(undefined);
    this.#awaited = undefined;
    const calls = this.#calls;
    if (calls === undefined) return none;
    this.#calls = undefined;
    const guessed: Call[] = [];
    for (const call of calls) {
      if (!call.isAnswered) call.unlink();
      else if (call.isWeak && !call.isOnly) {
        call.doubt();
        guessed.push(call);
      } else call.request.isUndecided = call.isHeldBack;
    }
    return guessed;
  }
}
