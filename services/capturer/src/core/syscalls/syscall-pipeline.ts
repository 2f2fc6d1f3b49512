import {
  type Connection,
  type Direction,
  type Exchange,
  L7Engine,
  type L7Options,
  type L7Sink,
  type L7Stats,
  type StreamConnection,
} from '@flowloom/l7';
import { Windows } from '../budget/windows.ts';
import type { RequestSink } from '../request-batches.ts';
import { RequestIdHash } from '../request-id.ts';
import { HeldRows } from './held-rows.ts';
import { OwnConnections } from './own-connections.ts';
import type { CauseLinker } from './process-request.ts';
import { ProcessRows, type RowRequest } from './process-rows.ts';
import type { SocketState } from './socket-state.ts';
import { SocketTable } from './socket-table.ts';
import { SyscallEvent, SyscallKind, type SyscallSink } from './syscall-event.ts';
import type { SyscallSource } from './syscall-source.ts';
import { endOfHandshake } from './tls-flight.ts';
import { UnixNumbers } from './unix-numbers.ts';

export interface SyscallPipelineOptions {
  /** `agent` of the rows. */
  readonly agent: string;
  readonly requests: RequestSink;
  /** Partitions that rows are kept apart by. Default 1. */
  readonly partitions?: number;
  /** Makes the linker; a new one after each window, as nothing is known of what happened in between. */
  readonly linker: () => CauseLinker;
  /** Is asked about processes, and told what need not be told any more. */
  readonly source: Pick<
    SyscallSource,
    'containerOf' | 'noPayload' | 'noPlaintext' | 'silence' | 'skipUntil' | 'forgetOrders' | 'lostCalls'
  >;
  /** Sockets at the same time. */
  readonly maxSockets: number;
  readonly l7: Partial<L7Options>;
  /** When requests are seen; absent: always. */
  readonly windows?: Windows;
}

const FIN = 1;
/** A body shorter than this is copied although nobody reads it: an order costs more. */
const worthSkipping = 1 << 16;

/**
 * From system calls to rows: leads the bytes of each socket to its parser, and what the parsers find to the linker of
 * causes and into request rows. Pure and synchronous, with event time only.
 */
export class SyscallPipeline implements SyscallSink, L7Sink {
  readonly #engine: L7Engine;
  readonly #sockets: SocketTable;
  readonly #rows: ProcessRows;
  readonly #newLinker: () => CauseLinker;
  #linker: CauseLinker;
  readonly #windows: Windows;
  readonly #source: SyscallPipelineOptions['source'];
  readonly #held: HeldRows;
  readonly #own = new OwnConnections();
  readonly #unix: UnixNumbers;
  /** Requests that began in the event under way. */
  readonly #started: RowRequest[] = [];
  readonly #id = new RequestIdHash();
  /** Sockets whose payload was not to be read in this window: it may be readable from where the next one begins. */
  readonly #givenUp: number[] = [];
  /** Calls that the source had lost when that was asked last. */
  #lostCalls = 0;
  /** The event under way; at a time-out, the last one. */
  #event = new SyscallEvent();

  constructor(options: SyscallPipelineOptions) {
    this.#engine = new L7Engine(this, options.l7);
    this.#sockets = new SocketTable(options.maxSockets, (socket, timeUs) => endSocket(socket, timeUs));
    this.#unix = new UnixNumbers(options.agent, (inode) => this.#sockets.byInode(inode)?.unix);
    this.#rows = new ProcessRows(options.agent, options.requests, options);
    this.#newLinker = options.linker;
    this.#linker = options.linker();
    this.#windows = options.windows ?? new Windows();
    this.#source = options.source;
    this.#held = new HeldRows((request, socket) => this.#write(request, socket));
  }

  get stats(): L7Stats {
    return this.#engine.stats;
  }

  /** Sockets at present, and how many were forgotten for want of room. */
  get sockets(): { readonly open: number; readonly evicted: number } {
    return { open: this.#sockets.size, evicted: this.#sockets.evicted };
  }

  /** Request rows written so far. */
  get written(): number {
    return this.#rows.written;
  }

  /** The capturer has opened a connection: its other end is left out too, or its own exports would make more of them. */
  ownConnection(event: SyscallEvent): void {
    this.#own.add(event);
  }

  event(event: SyscallEvent): void {
    if (event.timeUs >= this.#windows.nextUs) this.advance(event.timeUs);
    if (!this.#windows.isOpen) return;
    this.#event = event;
    switch (event.kind) {
      case SyscallKind.read:
      case SyscallKind.write:
        this.#message(event);
        return;
      case SyscallKind.connect:
      case SyscallKind.accept:
        this.#opened(event);
        break;
      case SyscallKind.close:
        this.#linker.event(event);
        this.#sockets.end(event);
        return;
      case SyscallKind.exit:
        if (event.otherTid === 0) this.#sockets.endProcess(event.pid, event.timeUs);
    }
    this.#linker.event(event);
  }

  #opened(event: SyscallEvent): void {
    const socket = this.#sockets.begin(event);
    socket.role = event.kind === SyscallKind.connect ? 'client' : 'server';
    event.role = socket.role;
  }

  #message(event: SyscallEvent): void {
    if (this.#own.isOtherEnd(event)) {
      this.#source.silence(event.socket);
      this.#sockets.end(event);
      return;
    }
    const socket = this.#sockets.of(event);
    const direction = socket.directionOf(event);
    event.role = socket.role;
    this.#linker.event(event);
    if (event.transport === 'udp') this.#datagram(socket, direction, event);
    else if (event.isTls) this.#plaintext(socket, direction, event);
    else if (event.transport === 'unix') this.#unixStream(socket, direction, event);
    else if (!socket.isGivenUp) this.#stream(socket, direction, event);
    else if (socket.firstWritten && event.kind === SyscallKind.write) this.#encrypted(socket, event);
    for (const request of this.#started) this.#linker.headKnown?.(request);
    this.#started.length = 0;
  }

  #stream(socket: SocketState, direction: Direction, event: SyscallEvent): void {
    const stream = (socket.stream ??= this.#openStream(socket, false));
    feed(stream, direction, event);
    this.#passLost(stream, socket, direction, event.timeUs);
    if (stream.finished) this.#giveUp(socket);
    else if (event.hasSeq) this.#skip(stream, socket, direction, event);
  }

  /** What is missing may be a call of another thread that is told late; but where calls were lost since, it is one of these. */
  #passLost(stream: StreamConnection, socket: SocketState, direction: Direction, timeUs: number): void {
    if (!stream.hasHole(direction)) {
      socket.lostCalls[direction] = this.#lostCalls;
      return;
    }
    this.#lostCalls = this.#source.lostCalls;
    if (this.#lostCalls > socket.lostCalls[direction]) stream.passHoles(direction, timeUs);
  }

  #unixStream(socket: SocketState, direction: Direction, event: SyscallEvent): void {
    const { bytes, start, end, lengthBytes, timeUs } = event;
    const number = this.#unix.of(socket, event); // bytes are counted, whoever reads them
    if (socket.isGivenUp) return;
    const stream = (socket.stream ??= this.#openStream(socket, false));
    stream.chunk(direction, bytes, start, end, lengthBytes, timeUs, number);
    if (stream.finished) this.#giveUp(socket);
  }

  #giveUp(socket: SocketState): void {
    socket.isGivenUp = true;
    this.#source.noPayload(socket.inode);
    if (this.#windows.nextUs !== Number.POSITIVE_INFINITY) this.#givenUp.push(socket.inode);
  }

  /** Tells the kernel not to copy the rest of a long body. */
  #skip(stream: StreamConnection, socket: SocketState, direction: Direction, event: SyscallEvent): void {
    const unread = stream.unread(direction);
    if (unread < worthSkipping) return;
    const way = event.kind === SyscallKind.read ? 'read' : 'write';
    this.#source.skipUntil(socket.inode, way, (event.seq + event.lengthBytes + unread) >>> 0);
  }

  #plaintext(socket: SocketState, direction: Direction, event: SyscallEvent): void {
    const isFirst = socket.plaintext === null;
    socket.plaintext ??= this.#openStream(socket, true);
    socket.isGivenUp = true; // what is encrypted tells nothing
    const { bytes, start, end, lengthBytes, timeUs } = event;
    if (!socket.plaintext.finished) {
      socket.plaintext.chunk(direction, bytes, start, end, lengthBytes, timeUs, event.hasSeq ? event.seq : undefined);
      if (socket.plaintext.finished) this.#source.noPlaintext(socket.inode);
    }
    if (!isFirst) return;
    if (event.kind === SyscallKind.write) socket.firstWritten = this.#started.at(-1)?.exchange;
    if (!socket.firstWritten) this.#source.noPayload(socket.inode);
  }

  /**
   * What was written first is written encrypted. A program that encrypts in memory (Node) may have the end of its handshake
   * still to write: that goes in front, and the request has a higher sequence number.
   */
  #encrypted(socket: SocketState, { seq, bytes, start, end }: SyscallEvent): void {
    const first = socket.firstWritten!;
    socket.firstWritten = undefined;
    if (first.req_tcp_seq === seq) first.req_tcp_seq = (seq + endOfHandshake(bytes, start, end)) >>> 0;
    this.#source.noPayload(socket.inode);
  }

  #openStream(socket: SocketState, isTls: boolean): StreamConnection {
    return this.#engine.openStream({ transport: 'tcp', ports: portsOf(socket), owner: socket, isTls });
  }

  #datagram(socket: SocketState, direction: Direction, event: SyscallEvent): void {
    socket.datagrams ??= this.#engine.openDatagrams({ transport: 'udp', ports: portsOf(socket), owner: socket });
    socket.datagrams.datagram(direction, event.bytes, event.start, event.end, event.lengthBytes, event.timeUs);
  }

  /** Opens or closes the window that is due. What is open at its end is reported as it is, and all that was known is forgotten. */
  advance(nowUs: number): void {
    if (!this.#windows.advance(nowUs) || this.#windows.isOpen) return;
    this.#sockets.endAll(nowUs);
    for (const socket of this.#givenUp) this.#source.forgetOrders(socket);
    this.#givenUp.length = 0;
    this.#held.cut();
    this.#linker = this.#newLinker();
  }

  /** Gives up requests that have waited too long, and sockets. Call about once a second. */
  tick(nowUs: number): void {
    this.#engine.tick(nowUs);
    this.#sockets.tick(nowUs);
    this.#linker.tick(nowUs);
    this.#held.tick(nowUs);
    this.#rows.flush();
  }

  /** End of input: reports what is open and hands on all rows. */
  flush(nowUs: number): void {
    this.#sockets.endAll(nowUs);
    this.#held.flush();
    this.#rows.flush();
  }

  // ---- what the parsers report ----

  asked(exchange: Exchange, connection: Connection): void {
    const socket = connection.owner as SocketState;
    this.#begin(exchange, socket, this.#event);
  }

  #begin(exchange: Exchange, socket: SocketState, event: SyscallEvent): RowRequest {
    const id = this.#id;
    id.begin(socket.flowHigh, socket.flowLow);
    id.addTime(exchange.start_us);
    id.add(exchange.req_tcp_seq);
    id.add(++socket.requests);
    id.finish();
    const request: RowRequest = {
      idHigh: id.high >>> 0,
      idLow: id.low >>> 0,
      role: socket.asks(exchange.client) ? 'client' : 'server',
      exchange,
      socket: socket.inode,
      pid: event.pid,
      tid: event.tid,
      goid: event.goid,
      process: event.process,
      container: this.#source.containerOf(event.pid),
      isTls: exchange.is_tls,
      isUndecided: false,
      known: undefined,
      parent: null,
      link: 'observed',
      linkRule: '',
      linkConfidence: 0,
    };
    exchange.keep = request;
    this.#started.push(request);
    this.#linker.requestStarts(request, event);
    return request;
  }

  answered(exchange: Exchange): void {
    const request = exchange.keep as RowRequest | undefined;
    if (request) this.#linker.responseStarts(request, this.#event);
  }

  request(exchange: Exchange, connection: Connection): void {
    const socket = connection.owner as SocketState;
    const request = (exchange.keep as RowRequest | undefined) ?? this.#begin(exchange, socket, this.#event);
    this.#linker.completes(request);
    this.#held.add(request, socket, this.#event.timeUs);
  }

  /** Of a window are the requests that begin in it; a cause from before has no row. */
  #write(request: RowRequest, socket: SocketState): void {
    if (!this.#windows.shows(request.exchange)) return;
    if (request.parent !== null && !this.#windows.shows(request.parent.exchange)) request.parent = null;
    this.#rows.write(request, socket);
  }

  clientIs(direction: Direction, connection: Connection): void {
    (connection.owner as SocketState).clientIs(direction);
  }
}

function feed(stream: StreamConnection, direction: Direction, event: SyscallEvent): void {
  const { bytes, start, end, lengthBytes, timeUs } = event;
  if (!event.hasSeq) stream.chunk(direction, bytes, start, end, lengthBytes, timeUs);
  else stream.segment(direction, event.seq, bytes, start, end, lengthBytes, timeUs, lengthBytes === 0 ? FIN : 0);
}

/** Ports of the senders of directions 0 and 1. */
function portsOf({ role, localPort, remotePort }: SocketState): [number, number] {
  return role === 'client' ? [localPort, remotePort] : [remotePort, localPort];
}

function endSocket({ stream, plaintext, datagrams }: SocketState, timeUs: number): void {
  plaintext?.close(timeUs);
  stream?.close(timeUs);
  datagrams?.close(timeUs);
}
