import { indexOf } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { bodyOf, Framing } from './body.ts';
import { type ChunkLine, readChunkLine } from './chunked.ts';
import { describeRequest, describeResponse } from './describe.ts';
import { endOfHead } from './grammar.ts';
import type { Head } from './head.ts';
import { readHead } from './read-head.ts';
import { Http1Shared } from './shared.ts';

const CR = 0x0d;
const LF = 0x0a;

/** What comes next in one direction. */
const Next = { head: 0, chunk: 1, afterChunk: 2, trailer: 3, untilClose: 4 } as const;
type Next = (typeof Next)[keyof typeof Next];

/** State of a direction beside "a head comes next": most connections never need it. */
class Side {
  next: Next = Next.head;
  /** Whose body is passing. */
  exchange: Exchange | null = null;
  /** Bytes behind the start of the view that hold no end of head. */
  searched = 0;
}

const chunkLine: ChunkLine = { lineBytes: 0, size: 0 };

/** One HTTP/1 connection (RFC 9112): heads are read, bodies pass by. */
export class Http1Conversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #shared: Http1Shared;
  #side0: Side | null = null;
  #side1: Side | null = null;
  /** This side asked for another protocol (Upgrade, CONNECT): what it sends before the answer waits. */
  #switchAskedBy: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
    this.#shared = Http1Shared.of(context.options);
  }

  parse(direction: Direction, view: View): number {
    const side = this.#known(direction);
    if (side === null || side.next === Next.head) return this.#parseHead(direction, view);
    switch (side.next) {
      case Next.chunk:
        return this.#parseChunk(direction, side, view);
      case Next.untilClose:
        this.#context.session.more(direction, side.exchange!, view, view.length);
        return view.length;
      default:
        return this.#parseLine(direction, side, view);
    }
  }

  gap(direction: Direction, bytes: number): boolean {
    const side = this.#known(direction);
    if (side === null) return false;
    side.searched = 0;
    if (side.next === Next.untilClose) {
      side.exchange!.response_bytes += bytes;
      return true;
    }
    this.#endBody(direction, side);
    return false;
  }

  ended(direction: Direction): void {
    const side = this.#known(direction);
    if (side?.next === Next.untilClose) this.#endBody(direction, side);
  }

  close(): void {
    this.ended(0);
    this.ended(1);
  }

  #parseHead(direction: Direction, view: View): number {
    const { bytes, start, end, missing } = view;
    if (bytes[start] === CR || bytes[start] === LF) return 1; // tolerated before a start line (RFC 9112 2.2)
    if (this.#switchAskedBy === direction) return Parse.needMore;
    const { head, wanted, texts } = this.#shared;
    const searched = this.#known(direction)?.searched ?? 0;
    const mayBeWhole = searched === 0 || missing > 0 || endOfHead(bytes, start + Math.max(0, searched - 3), end) >= 0;
    const isStart = mayBeWhole && readHead(head, bytes, start, end, wanted, texts);
    if (!isStart || head.bytes === 0) {
      if (missing === 0) return this.#waitForHead(direction, view, isStart || !mayBeWhole);
      if (!isStart) return Parse.lost;
      head.bytes = end - start;
    }
    if (searched > 0) this.#known(direction)!.searched = 0;
    return head.isRequest ? this.#request(direction, view, head) : this.#response(direction, view, head);
  }

  #waitForHead(direction: Direction, view: View, isStart: boolean): number {
    const { bytes, start, end } = view;
    if (!isStart && (indexOf(bytes, LF, start, end) >= 0 || !this.#mayBecomeHead(view))) return Parse.lost;
    this.#side(direction).searched = end - start;
    return Parse.needMore;
  }

  #known(direction: Direction): Side | null {
    return direction === 0 ? this.#side0 : this.#side1;
  }

  #side(direction: Direction): Side {
    return direction === 0 ? (this.#side0 ??= new Side()) : (this.#side1 ??= new Side());
  }

  /** Stops early where no head will ever be: the first bytes must fit a start line. */
  #mayBecomeHead(view: View): boolean {
    const { bytes, start, end } = view;
    for (let i = start; i < end && i < start + 8; i++)
      if (bytes[i] < 0x20 || bytes[i] > 0x7e) return bytes[i] === CR || bytes[i] === LF;
    return true;
  }

  #request(direction: Direction, view: View, head: Head): number {
    const body = bodyOf(head, '');
    const length = head.bytes + Math.max(0, body.length);
    const { session, options } = this.#context;
    const exchange = session.request(direction, view, length);
    describeRequest(exchange, head, view, this.#shared, options);
    if (body.framing === Framing.chunked) this.#startBody(direction, exchange, Next.chunk);
    if (head.method === 'CONNECT' || head.upgrade !== '') this.#switchAskedBy = direction;
    return length;
  }

  #response(direction: Direction, view: View, head: Head): number {
    const { session, options } = this.#context;
    if (head.status === 101 && head.upgrade === 'h2c') return this.#becomeHttp2(direction, head);
    if (head.status < 200 && head.status !== 101) return head.bytes; // interim (RFC 9110 15.2)
    const method = session.open(opposite(direction))?.request_type ?? '';
    const body = bodyOf(head, method);
    const length = head.bytes + Math.max(0, body.length);
    const exchange = session.response(direction, view, length);
    describeResponse(exchange, head, view, options);
    if (body.framing === Framing.chunked) this.#startBody(direction, exchange, Next.chunk);
    else if (body.framing === Framing.untilClose) this.#startBody(direction, exchange, Next.untilClose);
    else session.finish(exchange);
    this.#answerSwitch(head, method, exchange);
    return length;
  }

  /** 101, or success of CONNECT: from here on the connection speaks something else (RFC 9110 7.8 and 9.3.6). */
  #answerSwitch(head: Head, method: string, exchange: Exchange): void {
    this.#switchAskedBy = -1;
    if (method === 'CONNECT' && head.status < 300) this.#context.switchTo(null, exchange);
    if (head.status !== 101) return;
    this.#context.switchTo(head.upgrade === 'websocket' ? 'websocket' : null, exchange);
  }

  /** The request that asked for HTTP/2 gets its response there, on stream 1 (RFC 7540 3.2). */
  #becomeHttp2(direction: Direction, head: Head): number {
    this.#context.switchTo('http2', this.#context.session.open(opposite(direction)));
    return head.bytes;
  }

  #parseChunk(direction: Direction, side: Side, view: View): number {
    readChunkLine(chunkLine, view.bytes, view.start, view.end);
    const { lineBytes, size } = chunkLine;
    if (lineBytes < 0) {
      this.#endBody(direction, side);
      return Parse.lost;
    }
    if (lineBytes === 0) return Parse.needMore;
    side.next = size === 0 ? Next.trailer : Next.afterChunk;
    this.#context.session.more(direction, side.exchange!, view, lineBytes + size);
    return lineBytes + size;
  }

  /** The end of line behind a chunk, or one line of trailers, of which an empty one ends the message. */
  #parseLine(direction: Direction, side: Side, view: View): number {
    const line = view.bytes.indexOf(LF, view.start);
    if (line < 0 || line >= view.end) return view.length > 16_384 ? Parse.lost : Parse.needMore;
    const length = line + 1 - view.start;
    const empty = length === 1 || (length === 2 && view.bytes[view.start] === CR);
    this.#context.session.more(direction, side.exchange!, view, length);
    if (side.next === Next.afterChunk) {
      side.next = Next.chunk;
      if (empty) return length;
      this.#endBody(direction, side);
      return Parse.lost;
    }
    if (empty) this.#endBody(direction, side);
    return length;
  }

  #startBody(direction: Direction, exchange: Exchange, next: Next): void {
    const side = this.#side(direction);
    side.exchange = exchange;
    side.next = next;
  }

  #endBody(direction: Direction, side: Side): void {
    const { exchange } = side;
    side.next = Next.head;
    side.exchange = null;
    if (exchange?.has_response && exchange.client !== direction) this.#context.session.finish(exchange);
  }
}
