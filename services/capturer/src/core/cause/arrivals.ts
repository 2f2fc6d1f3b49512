import type { Work } from './work.ts';

/** Requests that wait; beyond, the oldest are forgotten. */
const MAX_WAITING = 4096;

interface Arrival {
  readonly socket: number;
  readonly work: Work;
}

/**
 * Requests of sessions (of HTTP/2) that one thread takes up in the order in which they came, whoever reads them. Of two sessions
 * it is not known which one gets on first.
 */
export class Arrivals {
  #waiting: Arrival[] = [];
  /** Of these so many have been taken up, but which ones is not known. */
  #taken = 0;

  asked(socket: number, work: Work): void {
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift();
    this.#waiting.push({ socket, work });
  }

  /** One is taken up: gives which one; undefined where several may be, null where none waits. */
  next(): Work | undefined | null {
    this.#forgetAnswered();
    if (this.#waiting.length === 0) return null;
    const [{ socket, work }] = this.#waiting;
    const isSure = this.#taken === 0 && this.#waiting.every((one) => one.socket === socket);
    if (isSure) this.#waiting.shift();
    else if (++this.#taken === this.#waiting.length) this.#clear();
    return isSure ? work : undefined;
  }

  #forgetAnswered(): void {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter(({ work }) => !work.isAnswered);
    this.#taken = Math.max(0, this.#taken - (before - this.#waiting.length));
    if (this.#taken >= this.#waiting.length) this.#clear();
  }

  #clear(): void {
    this.#waiting = [];
    this.#taken = 0;
  }
}
