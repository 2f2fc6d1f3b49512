import { SocketState } from './socket-state.ts';
import type { SyscallEvent } from './syscall-event.ts';

/** A socket is forgotten after so long without a call; a datagram's peer sooner. */
const idleUs = 600_000_000;
const idleDatagramUs = 30_000_000;
const sweepUs = 5_000_000;
const INODES = 2 ** 32;

/**
 * Open sockets by inode number; of a datagram socket one per peer. Bounded: beyond `maxSockets` the one that was opened
 * first goes.
 */
export class SocketTable {
  readonly #sockets = new Map<number, SocketState>();
  readonly #byProcess = new Map<number, Set<SocketState>>();
  readonly #maxSockets: number;
  readonly #onEnd: (socket: SocketState, timeUs: number) => void;
  #sweptUs = 0;
  /** Sockets forgotten for want of room. */
  evicted = 0;

  /** @param onEnd is called once for each socket that is forgotten */
  constructor(maxSockets: number, onEnd: (socket: SocketState, timeUs: number) => void) {
    this.#maxSockets = maxSockets;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** The event's socket, begun where it is not known. */
  of(event: SyscallEvent): SocketState {
    const key = keyOf(event);
    const known = this.#sockets.get(key);
    if (known?.isOf(event)) {
      known.lastUs = event.timeUs;
      if (known.pid !== event.pid) this.#own(known, event.pid);
      return known;
    }
    if (known) this.#end(key, known, event.timeUs);
    return this.begin(event);
  }

  /** Not of datagrams. */
  byInode(inode: number): SocketState | undefined {
    return this.#sockets.get(inode);
  }

  /** A new socket, or a new connection of one. */
  begin(event: SyscallEvent): SocketState {
    this.end(event);
    if (this.#sockets.size >= this.#maxSockets) {
      const [key, oldest] = this.#sockets.entries().next().value!;
      this.evicted++;
      this.#end(key, oldest, event.timeUs);
    }
    const socket = new SocketState(event);
    this.#sockets.set(keyOf(event), socket);
    this.#owned(event.pid).add(socket);
    return socket;
  }

  /** The event's socket was closed. */
  end(event: SyscallEvent): void {
    const key = keyOf(event);
    const socket = this.#sockets.get(key);
    if (socket) this.#end(key, socket, event.timeUs);
  }

  /** The process has ended, and with it its sockets. */
  endProcess(pid: number, timeUs: number): void {
    const sockets = this.#byProcess.get(pid);
    if (sockets === undefined) return;
    for (const socket of sockets) this.#end(keyOf(socket), socket, timeUs);
  }

  /** Forgets what has been silent for long. */
  tick(nowUs: number): void {
    if (nowUs - this.#sweptUs < sweepUs) return;
    this.#sweptUs = nowUs;
    for (const [key, socket] of this.#sockets) {
      const idle = socket.transport === 'udp' ? idleDatagramUs : idleUs;
      if (nowUs - socket.lastUs > idle) this.#end(key, socket, nowUs);
    }
  }

  endAll(nowUs: number): void {
    for (const [key, socket] of this.#sockets) this.#end(key, socket, nowUs);
  }

  #owned(pid: number): Set<SocketState> {
    let sockets = this.#byProcess.get(pid);
    if (sockets === undefined) this.#byProcess.set(pid, (sockets = new Set()));
    return sockets;
  }

  #own(socket: SocketState, pid: number): void {
    this.#disown(socket);
    socket.pid = pid;
    this.#owned(pid).add(socket);
  }

  #disown(socket: SocketState): void {
    const sockets = this.#byProcess.get(socket.pid);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#byProcess.delete(socket.pid);
  }

  #end(key: number, socket: SocketState, timeUs: number): void {
    this.#sockets.delete(key);
    this.#disown(socket);
    this.#onEnd(socket, timeUs);
  }
}

/** A datagram socket that is not connected has many peers: their hash goes above the inode number. */
function keyOf(socket: SyscallEvent | SocketState): number {
  const inode = socket instanceof SocketState ? socket.inode : socket.socket;
  if (socket.transport !== 'udp') return inode;
  const [a, b, c, d] = socket.remoteAddress;
  const hash = Math.imul(a ^ Math.imul(b, 31) ^ Math.imul(c, 131) ^ Math.imul(d, 0x9e3779b1), 0x85ebca6b);
  return inode + INODES * ((hash >>> 12) ^ socket.remotePort);
}
