import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import { placesIn, Reached } from './reached.ts';
import type { Sockets } from './sockets.ts';
import type { Unit } from './unit.ts';
import type { Units } from './units.ts';
import type { Work } from './work.ts';

/** Who waits for what a client's own threads do on a connection; neither: that could not be told. */
export interface Awaiting {
  /** Who sleeps until the answer is there. */
  readonly unit?: Unit;
  /** The request on the connection that the answer leads to. */
  readonly work?: Work;
}

/**
 * Calls that a client sends by threads of its own (java.net.http): whoever waits for a call is reached from the object of its connection,
 * when it is sent, or when its answer is read.
 */
export class AwaitedCalls {
  readonly #units: Units;
  readonly #sockets: Sockets;

  constructor(units: Units, sockets: Sockets) {
    this.#units = units;
    this.#sockets = sockets;
  }

  /** Somebody waits for what happens on that socket. */
  tells(event: SyscallEvent): void {
    const socket = this.#sockets.of(event.socket);
    const awaiting = this.#find(event);
    const call = socket.calls.at(-1);
    if (call) isAwaited(call, awaiting);
    else if (event.lengthBytes === SyscallKind.write) socket.awaiting = awaiting;
  }

  #find(event: SyscallEvent): Awaiting {
    for (const { what, value } of placesIn(event)) {
      const isTask = what === Reached.task;
      const unit = isTask || what === Reached.thread ? this.#units.find(event.pid, value, isTask) : undefined;
      if (unit) return { unit };
      const works = what === Reached.socket ? (this.#sockets.find(value)?.works ?? []) : [];
      if (works.length === 1 && !works[0].isAnswered) return { work: works[0] };
    }
    return {};
  }
}

/** The call was sent, and its answer is read, by others than who waits for it. */
export function isAwaited(call: Call, { unit, work }: Awaiting): void {
  if (call.isAwaited) return;
  if (unit === undefined && work === undefined) return;
  call.isAwaited = true;
  call.reader = call.maker = unit;
  if (unit) {
    call.unlink();
    unit.makes(call, 'waiting_thread');
  } else if (call.startUs >= work!.startUs) call.link(work!, 'reached_connection');
}
