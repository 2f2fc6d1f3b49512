import { RequestIdHash } from '../request-id.ts';
import type { SocketState } from './socket-state.ts';
import { type SyscallEvent, SyscallKind } from './syscall-event.ts';

/** What is known of the bytes that go over a Unix socket. */
export class UnixStream {
  /** Inode number of the socket at the other end; 0: that is not accepted yet, or is closed already. */
  peer = 0;
  readBytes = 0;
  writtenBytes = 0;
}

/**
 * Numbers the bytes of Unix sockets as TCP numbers its own: both ends give the same byte the same number, and no two connections
 * the same ones. A direction is named by the socket that sends: who reads knows its number, although who writes first may
 * not know yet who will accept.
 */
export class UnixNumbers {
  readonly #hash = new RequestIdHash();
  readonly #agent: string;
  readonly #streamOf: (inode: number) => UnixStream | undefined;

  /** @param agent hosts have sockets of the same number */
  constructor(agent: string, streamOf: (inode: number) => UnixStream | undefined) {
    this.#agent = agent;
    this.#streamOf = streamOf;
  }

  /** Number of the first byte of a read or write; undefined where it is not known who sends. */
  of(socket: SocketState, event: SyscallEvent): number | undefined {
    const stream = (socket.unix ??= new UnixStream());
    if (event.peerSocket !== 0) stream.peer = event.peerSocket;
    const { lengthBytes } = event;
    if (event.kind === SyscallKind.write) {
      if (stream.writtenBytes === 0) stream.writtenBytes = this.#unseen(stream, lengthBytes);
      stream.writtenBytes += lengthBytes;
      return this.#number(socket.inode, stream.writtenBytes - lengthBytes);
    }
    stream.readBytes += lengthBytes;
    return stream.peer === 0 ? undefined : this.#number(stream.peer, stream.readBytes - lengthBytes);
  }

  /** Bytes that the other end has read and that were written before anybody looked: a write may be told after its read. */
  #unseen({ peer }: UnixStream, written: number): number {
    const read = this.#streamOf(peer)?.readBytes ?? 0;
    return read === written ? 0 : read;
  }

  #number(sender: number, position: number): number {
    this.#hash.begin(sender, 1);
    this.#hash.addText(this.#agent);
    return (this.#hash.low + position) >>> 0 || 1;
  }
}
