import type { DatagramConnection, Direction, Exchange, StreamConnection } from '@flowloom/l7';
import { RequestIdHash } from '../request-id.ts';
import { type SocketRole, type SocketTransport, type SyscallEvent, SyscallKind } from './syscall-event.ts';
import type { UnixStream } from './unix-numbers.ts';

const hash = new RequestIdHash();
const transportNumber = { tcp: 6, udp: 17, unix: 1 } as const;

/** What is known of an open socket: its ends, its role, and the parsers that read it. */
export class SocketState {
  readonly inode: number;
  readonly transport: SocketTransport;
  readonly localAddress: Uint32Array;
  readonly remoteAddress: Uint32Array;
  readonly localPort: number;
  readonly remotePort: number;
  /** `flow_id` of its rows. */
  readonly flowHigh: number;
  readonly flowLow: number;
  role: SocketRole = '';
  /** The process that used it last. */
  pid: number;
  lastUs: number;
  /** What goes over the socket as it is, and the plaintext of a TLS connection. */
  stream: StreamConnection | null = null;
  plaintext: StreamConnection | null = null;
  datagrams: DatagramConnection | null = null;
  /** The parsers have given up what goes over the socket: the kernel was told. */
  isGivenUp = false;
  /** Whether direction 0 of the parsers is what this process writes; fixed by its first message. */
  #zeroIsWritten: boolean | undefined;
  /** Requests so far. */
  requests = 0;
  /** Of each direction of the parsers: calls that were lost, as known when it was read last without a hole. */
  readonly lostCalls: [number, number] = [0, 0];
  /** Of a Unix socket. */
  unix: UnixStream | undefined;
  /** The request in the first plaintext, where that is written, until it is seen encrypted. */
  firstWritten: Exchange | undefined;

  constructor(event: SyscallEvent) {
    this.inode = event.socket;
    this.transport = event.transport;
    this.localAddress = event.localAddress.slice();
    this.remoteAddress = event.remoteAddress.slice();
    this.localPort = event.localPort;
    this.remotePort = event.remotePort;
    this.pid = event.pid;
    this.lastUs = event.timeUs;
    completeLocalAddress(this.localAddress, this.remoteAddress, event.transport);
    hash.begin(transportNumber[event.transport], event.socket);
    for (const word of this.localAddress) hash.add(word);
    for (const word of this.remoteAddress) hash.add(word);
    hash.add((event.localPort << 16) | event.remotePort);
    hash.finish();
    this.flowHigh = hash.high >>> 0;
    this.flowLow = hash.low >>> 0;
  }

  /** True unless the number was given to another socket meanwhile. */
  isOf(event: SyscallEvent): boolean {
    return (
      this.remotePort === event.remotePort &&
      this.localPort === event.localPort &&
      this.transport === event.transport &&
      this.remoteAddress[3] === (event.transport === 'unix' ? loopback : event.remoteAddress[3])
    );
  }

  /**
   * Direction of the parsers in which the event's bytes travel: 0 from the client. Who asks is known from connect or
   * accept; else whoever speaks first is taken for the client, until the parsers know better (`clientIs`).
   */
  directionOf(event: SyscallEvent): Direction {
    const writes = event.kind === SyscallKind.write;
    if (this.role === '') this.role = writes ? 'client' : 'server';
    this.#zeroIsWritten ??= this.role === 'client';
    return writes === this.#zeroIsWritten ? 0 : 1;
  }

  /** The process is the side that sends in direction `client`. */
  asks(client: Direction): boolean {
    return (client === 0) === this.#zeroIsWritten;
  }

  /** The payload shows which side asks. */
  clientIs(direction: Direction): void {
    this.role = this.asks(direction) ? 'client' : 'server';
  }
}

const loopback = 0x7f00_0001;

/** A Unix socket is on this host alone; and so is the near end of a socket bound to any address whose peer is loopback. */
function completeLocalAddress(local: Uint32Array, remote: Uint32Array, transport: SocketTransport): void {
  if (transport === 'unix') {
    setLoopback(local);
    setLoopback(remote);
  } else if ((local[0] | local[1] | local[2] | local[3]) === 0 && remote[2] === 0xffff && remote[3] >>> 24 === 127) {
    setLoopback(local);
  }
}

function setLoopback(address: Uint32Array): void {
  address[2] = 0xffff;
  address[3] = loopback;
}
