import type { Call } from './call.ts';

/**
 * What tasks or threads write on a session of several streams. Where these hold a lock to write (httpcore), who has it sends what others have
 * queued by then, and who waits for it finds its own sent, and sends what others have queued since. One write with several
 * requests shows that: from then on who writes a request tells nothing of its cause. Requests that began in different writes, and are
 * told at once, show nothing: where a session is seen from its middle on, a parser may be sure of several at the same time.
 */
export class SessionWrites {
  #isForOthers = false;
  #event = 0;
  /** The first request in the write under way. */
  #first: Call | undefined;

  /** One writes that request in the event of that number. Returns whether it is its own. */
  isOwn(call: Call, event: number): boolean {
    if (event !== this.#event) this.#first = undefined;
    this.#event = event;
    const first = this.#first;
    this.#first ??= call;
    if (first) {
      this.#isForOthers ||= beganUs(first) === beganUs(call);
      first.isOfAnyone();
    }
    return !this.#isForOthers && first === undefined;
  }
}

const beganUs = ({ request }: Call): number => request.exchange.start_us;
