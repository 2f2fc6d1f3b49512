import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import { keep } from './keep.ts';
import { callOf, type Sockets, streamOf, workOf } from './sockets.ts';
import { Task } from './task.ts';
import type { Units } from './units.ts';

/** Of one connection. */
const MAX_MAKERS = 1024;

/** Requests that one task hands to another, which writes for the connection, or reads for it. */
export class HandOffs {
  readonly #units: Units;
  readonly #sockets: Sockets;

  constructor(units: Units, sockets: Sockets) {
    this.#units = units;
    this.#sockets = sockets;
  }

  /** The next request that is written on the connection is of that task, or that of a stream (`seq`) is. */
  gives(event: SyscallEvent): void {
    const socket = this.#sockets.of(event.socket);
    const unit = this.#units.of(event);
    if (event.seq === 0) {
      if (socket.makers.length < MAX_MAKERS) socket.makers.push(unit);
      return;
    }
    const stream = String(event.seq);
    socket.givers ??= new Map();
    const call = callOf(socket, stream);
    if (call === undefined) keep(socket.givers, stream, unit, MAX_MAKERS);
    else if (call.rule !== 'task_handoff') {
      call.unlink(); // its headers were written before
      unit.makes(call, 'task_handoff');
    }
  }

  /** The stream of that call is known by now. */
  isKnown(call: Call): void {
    const { givers } = this.#sockets.of(call.request.socket);
    const stream = streamOf(call.request);
    const giver = givers?.get(stream);
    if (giver === undefined) return;
    givers!.delete(stream);
    giver.makes(call, 'task_handoff');
  }

  /** The task begins to serve the request of that stream. */
  takes(event: SyscallEvent): void {
    const unit = this.#units.of(event);
    const socket = this.#sockets.find(event.socket);
    const work = socket && workOf(socket, String(event.seq));
    if (work && unit instanceof Task) unit.serves(work);
    else if (work) unit.turnTo(work);
  }
}
