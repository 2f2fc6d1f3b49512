import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Activity } from './activity.ts';
import type { Call } from './call.ts';
import { keep } from './keep.ts';
import type { NodeLoop } from './node-loop.ts';
import { callOf, type SocketState, type Sockets, streamOf, workOf } from './sockets.ts';

const MAX_SESSIONS = 65_536;
/** Streams that were made and not sent yet. */
const MAX_MADE = 4096;

/** A session of one connection. */
export class NodeSession {
  readonly loop: NodeLoop;
  /** Its connection, once callbacks of a stream have run. */
  socket: SocketState | undefined;
  /** In which activities of the loop streams were made whose requests are not sent yet. */
  readonly made = new Map<string, Activity>();
  /** Calls whose answers were read whole in this turn of the loop, by stream. */
  readonly #ended = new Map<string, Call>();
  #turn = 0;

  constructor(loop: NodeLoop) {
    this.loop = loop;
  }

  /** Something is read from the connection, in that turn. */
  reads(turn: number): void {
    if (turn !== this.#turn) this.#ended.clear();
    this.#turn = turn;
  }

  ends(call: Call): void {
    this.#ended.set(streamOf(call.request), call);
  }

  endedAs(stream: string): Call | undefined {
    return this.#ended.get(stream);
  }
}

/**
 * Sessions of HTTP/2 in Node.js. They say which stream's callbacks run, of many that one read has brought, and in which of these
 * a stream or an answer is made, of many that are sent at the end of a turn. Not told is the connection: it is the one that was
 * read last when callbacks run.
 */
export class NodeSessions {
  readonly #sockets: Sockets;
  readonly #sessions = new Map<string, NodeSession>();

  constructor(sockets: Sockets) {
    this.#sockets = sockets;
  }

  #of({ pid, object }: SyscallEvent, loop: NodeLoop): NodeSession {
    const key = `${pid} ${object}`;
    const known = this.#sessions.get(key);
    return known?.loop === loop ? known : keep(this.#sessions, key, new NodeSession(loop), MAX_SESSIONS);
  }

  /** Callbacks of a stream run next, in the event of that number. */
  takes(event: SyscallEvent, loop: NodeLoop, number: number): void {
    const socket = this.#sockets.find(loop.lastRead);
    if (socket === undefined) return;
    socket.session = this.#of(event, loop);
    socket.session.socket = socket;
    const stream = String(event.seq);
    const call = callOf(socket, stream) ?? socket.session.endedAs(stream);
    if (call) loop.goesOn(call, number, call.isAnswered ? call.answerNumber : 0);
    else loop.turnTo(workOf(socket, stream));
    loop.activity.isTold = true;
  }

  /** A stream is made, or the answer to that of a peer: it is sent later. */
  makes(event: SyscallEvent, loop: NodeLoop): void {
    const { made, socket } = this.#of(event, loop);
    const stream = String(event.seq);
    const work = socket && workOf(socket, stream);
    if (work === undefined) keep(made, stream, loop.activity, MAX_MADE);
    else if (!work.isAnswerTold) {
      work.isAnswerTold = true;
      loop.answers(work);
    }
  }

  /** The stream of that call is known by now. */
  isKnown(call: Call): void {
    const session = this.#sockets.find(call.request.socket)?.session;
    if (session === undefined || !call.isQueued) return;
    const stream = streamOf(call.request);
    session.loop.sends(call, session.made.get(stream));
    session.made.delete(stream);
  }
}
