import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import type { Sockets } from './sockets.ts';
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
    const call = socket.calls.find(({ request }) => request.exchange.protocol_request_id === stream);
    if (call === undefined) {
      if (socket.givers.size >= MAX_MAKERS) socket.givers.delete(socket.givers.keys().next().value!);
      socket.givers.set(stream, unit);
    } else if (call.rule !== 'task_handoff') {
      call.unlink(); // its headers were written before
      unit.makes(call, 'task_handoff');
    }
  }

  /** The stream of that call is known by now. */
  isKnown(call: Call): void {
    const { socket, exchange } = call.request;
    const { givers } = this.#sockets.of(socket);
    const giver = givers?.get(exchange.protocol_request_id);
    if (giver === undefined) return;
    givers!.delete(exchange.protocol_request_id);
    giver.makes(call, 'task_handoff');
  }

  /** The task begins to serve the request of that stream. */
  takes(event: SyscallEvent): void {
    const unit = this.#units.of(event);
    const stream = String(event.seq);
    const works = this.#sockets.find(event.socket)?.works;
    const work = works?.find(({ request }) => request?.exchange.protocol_request_id === stream);
    if (work) unit.turnTo(work);
  }
}
