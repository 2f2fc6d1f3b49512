import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { Awaiting } from './awaited-calls.ts';
import type { Call } from './call.ts';
import { keep } from './keep.ts';
import type { Messages } from './messages.ts';
import type { NodeSession } from './node-sessions.ts';
import type { Pool } from './pools.ts';
import type { Rule } from './rules.ts';
import type { SessionWrites } from './session-writes.ts';
import type { Task } from './task.ts';
import type { Unit } from './unit.ts';
import type { Work } from './work.ts';

const MAX_SOCKETS = 500_000;

/** What is known of a socket between two messages on it. */
export interface SocketState {
  /** It was made by the process, and has had no request. */
  isNew: boolean;
  /** The work in whose turn it was made, until its first request. */
  owner: Work | undefined;
  /** The call whose answer set off that it was made, until its first request. */
  basis: Call | undefined;
  /** The youngest asynchronous resource of Node.js when it was connected: its own are older. */
  youngestId: number;
  /** How many requests were written on it. */
  requests: number;
  /** Requests read from it and not answered. */
  readonly works: Work[];
  /** Requests written on it and not answered. */
  readonly calls: Call[];
  /** The thread that first asked on it, or was asked; and whether others read or write for it as well. */
  user: Unit | undefined;
  isCommon: boolean;
  /** Its session of HTTP/2, where that tells whose callbacks run. */
  session: NodeSession | undefined;
  /** Connections of the same loop to the same server; undefined for others than loops that tell in whose turn something is done. */
  pool: Pool | undefined;
  /** Several requests at once have been under way on it. */
  isShared: boolean;
  /** Who goes on with what its loop reads from it. */
  reader: Task | undefined;
  /** The process has asked something on it: what else comes is no request unless its parser says so. */
  asks: boolean;
  /** What a broker has pushed. */
  messages: Messages | undefined;
  /** Who had the turn when something was first written that no parser has recognized yet. */
  first: { readonly work: Work | undefined; readonly rule: Rule } | undefined;
  /** Who handed requests to the connection's own writer, in their order. */
  readonly makers: Unit[];
  /** Who gave a request to that writer, by its stream, where that is told by name: the writer itself tells nothing then. */
  givers: Map<string, Unit> | undefined;
  /** What tasks write on it, if it is a session of several streams. */
  writes: SessionWrites | undefined;
  /** It is a session of java.net.http, whose threads write for each other. */
  isOfClient: boolean;
  /** A client's thread writes on it: who waits for the answer. */
  awaiting: Awaiting | undefined;
}

/** It is made because of the answer to that call. */
export function madeBy(socket: SocketState, basis: Call | undefined): void {
  if (socket.basis) socket.basis.connecting--;
  socket.basis = basis;
  if (basis) basis.connecting++;
}

/** That thread reads from it, or writes to it. */
export function uses(socket: SocketState, unit: Unit): void {
  socket.user ??= unit;
  if (unit.isTask || (socket.user === unit && !socket.isCommon)) return;
  socket.isCommon ||= [...socket.calls, ...socket.works].some(({ isQueued }) => isQueued);
  if (socket.isCommon) unit.sharesSession();
}

/** A request is written on it. */
export function asks(socket: SocketState, call: Call): void {
  const { calls, pool } = socket;
  socket.isShared ||= calls.length > 0;
  if (pool && calls.length === 0) pool.busy++;
  else if (pool) pool.isShared = true;
  calls.push(call);
}

/** A request on it has its answer, or never will. */
export function isAnswered({ calls, pool }: SocketState, call: Call): void {
  const at = calls.indexOf(call);
  if (at < 0) return;
  calls.splice(at, 1);
  if (pool) pool.answered++;
  if (pool && calls.length === 0) pool.busy--;
}

function leaves({ calls }: SocketState, pool: Pool): void {
  pool.open--;
  if (calls.length > 0) pool.busy--;
}

/** Which of several requests under way on a connection it is: a stream of HTTP/2, say. */
export const streamOf = ({ exchange }: ProcessRequest): string => exchange.protocol_request_id;

export function callOf({ calls }: SocketState, stream: string): Call | undefined {
  return calls.find(({ request }) => streamOf(request) === stream);
}

export function workOf({ works }: SocketState, stream: string): Work | undefined {
  return works.find(({ request }) => request !== null && streamOf(request) === stream);
}

/** Sockets by inode number, from when they are made to their close. */
export class Sockets {
  readonly #sockets = new Map<number, SocketState>();

  of(socket: number): SocketState {
    const known = this.#sockets.get(socket);
    if (known) return known;
    const state: SocketState = {
      isNew: false,
      youngestId: 0,
      requests: 0,
      owner: undefined,
      basis: undefined,
      works: [],
      calls: [],
      first: undefined,
      user: undefined,
      isCommon: false,
      session: undefined,
      pool: undefined,
      isShared: false,
      reader: undefined,
      asks: false,
      messages: undefined,
      makers: [],
      givers: undefined,
      writes: undefined,
      isOfClient: false,
      awaiting: undefined,
    };
    return keep(this.#sockets, socket, state, MAX_SOCKETS);
  }

  /** What is known of it already. */
  find(socket: number): SocketState | undefined {
    return this.#sockets.get(socket);
  }

  close(socket: number): void {
    const state = this.#sockets.get(socket);
    if (state) {
      madeBy(state, undefined);
      if (state.pool) leaves(state, state.pool);
    }
    this.#sockets.delete(socket);
  }
}
