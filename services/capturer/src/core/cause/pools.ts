import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Message } from './burst.ts';
import { Call } from './call.ts';
import { keep } from './keep.ts';

const MAX_POOLS = 65_536;
/** Calls of one pool that may still be taken back. */
const MAX_BELIEVED = 1024;
/** So long after something had waited for a connection, what is sent on one that comes free may have waited, too. */
const WAITING_US = 10e6;
/** Drivers ask less than that before a new connection is ready. */
const ENOUGH = 16;

/** Connections of a loop to one server. */
export class Pool {
  /** How many there are, and on how many a call is under way. */
  open = 0;
  busy = 0;
  /** Several calls at once have been under way on one: nothing waits for a connection. */
  isShared = false;
  /** How many were answered. */
  answered = 0;
  #waitedUs = Number.NEGATIVE_INFINITY;
  #believed: Call[] = [];

  /** One call at a time has been under way on each connection for long enough: what a new one sends for all who waited is over. */
  get isExclusive(): boolean {
    return !this.isShared && this.answered >= ENOUGH;
  }

  /** Whether that call, of who went on with `message`, takes its connection over while no other one is free. */
  mayHandOn(call: Call, message: Message | undefined): boolean {
    if (!(message instanceof Call) || message.request.socket !== call.request.socket) return false;
    return !call.isQueued && !call.isOnly && !this.isShared && this.busy === this.open;
  }

  /** One more was made: what had waited, waited for that, maybe, and not for one that comes free. */
  grows(): void {
    this.open++;
    this.#waitedUs = Number.NEGATIVE_INFINITY;
  }

  /** Something waits for a connection, it is seen, and gets the next one that is free: so may have done what was sent before. */
  hadWaiting(nowUs: number): void {
    this.#waitedUs = nowUs;
    for (const call of this.#believed) call.hasBeenWaiting();
    this.#believed = [];
  }

  /** A call of which it may belongs to the same request unless the connection went to who had waited for it. */
  goesOn(call: Call): void {
    if (call.startUs - this.#waitedUs < WAITING_US) call.hasBeenWaiting();
    else if (this.#believed.push(call) > MAX_BELIEVED) this.#believed = this.#believed.slice(MAX_BELIEVED / 2);
  }
}

/** By process and server. */
export class Pools {
  readonly #pools = new Map<string, Pool>();

  of({ pid, remoteAddress, remotePort }: SyscallEvent): Pool {
    const key = `${pid} ${remoteAddress.join(' ')} ${remotePort}`;
    return this.#pools.get(key) ?? keep(this.#pools, key, new Pool(), MAX_POOLS);
  }
}
