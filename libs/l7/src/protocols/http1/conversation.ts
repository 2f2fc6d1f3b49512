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
  readonly #sides: readonly [Side, Side] = [new Side(), new Side()];
  /** This side asked for another protocol (Upgrade, CONNECT): what it sends before the answer waits. */
  #switchAskedBy: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
    this.#shared = Http1Shared.of(context.options);
  }

  parse(direction: Direction, view: View): number {
    const side = this.#sides[direction];
    switch (side.next) {
      case Next.head:
        return this.#parseHead(direction, side, view);
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
    const side = this.#sides[direction];
    side.searched = 0;
    if (side.next === Next.untilClose) {
      side.exchange!.response_bytes += bytes;
      return true;
    }
    this.#endBody(side);
    return false;
  }

  ended(direction: Direction): void {
    const side = this.#sides[direction];
    if (side.next === Next.untilClose) this.#endBody(side);
  }

  close(): void {
    for (const side of this.#sides) if (side.next === Next.untilClose) this.#endBody(side);
  }

  #parseHead(direction: Direction, side: Side, view: View): number {
    const { bytes, start, end } = view;
    if (bytes[start] === CR || bytes[start] === LF) return 1; // tolerated before a start line (RFC 9112 2.2)
    if (this.#switchAskedBy === direction) return Parse.needMore;
    let headEnd = endOfHead(bytes, start + Math.max(0, side.searched - 3), end);
    if (headEnd < 0) {
      side.searched = end - start;
      if (view.missing === 0) return this.#mayBecomeHead(view) ? Parse.needMore : Parse.lost;
      headEnd = end;
    }
    side.searched = 0;
    const { head } = this.#shared;
    if (!readHead(head, bytes, start, headEnd, this.#shared.wanted, this.#shared.texts)) return Parse.lost;
    return head.isRequest ? this.#request(direction, side, view, head) : this.#response(direction, side, view, head);
  }

  /** Stops early where no head will ever be: the first bytes must fit a start line. */
  #mayBecomeHead(view: View): boolean {
    const { bytes, start, end } = view;
    for (let i = start; i < end && i < start + 8; i++)
      if (bytes[i] < 0x20 || bytes[i] > 0x7e) return bytes[i] === CR || bytes[i] === LF;
    return true;
  }

  #request(direction: Direction, side: Side, view: View, head: Head): number {
    const body = bodyOf(head, '');
    const length = head.bytes + Math.max(0, body.length);
    const { session, options } = this.#context;
    const exchange = session.request(direction, view, length);
    describeRequest(exchange, head, view, this.#shared, options);
    if (body.framing === Framing.chunked) {
      side.exchange = exchange;
      side.next = Next.chunk;
    }
    if (head.method === 'CONNECT' || head.upgrade !== '') this.#switchAskedBy = direction;
    return length;
  }

  #response(direction: Direction, side: Side, view: View, head: Head): number {
    const { session, options } = this.#context;
    if (head.status === 101 && head.upgrade === 'h2c') return this.#becomeHttp2(direction, head);
    if (head.status < 200 && head.status !== 101) return head.bytes; // interim (RFC 9110 15.2)
    const method = session.open(opposite(direction))?.request_type ?? '';
    const body = bodyOf(head, method);
    const length = head.bytes + Math.max(0, body.length);
    const exchange = session.response(direction, view, length);
    describeResponse(exchange, head, view, options);
    side.exchange = exchange;
    if (body.framing === Framing.chunked) side.next = Next.chunk;
    else if (body.framing === Framing.untilClose) side.next = Next.untilClose;
    else {
      side.next = Next.head;
      side.exchange = null;
      session.finish(exchange);
    }
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
      this.#endBody(side);
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
      this.#endBody(side);
      return Parse.lost;
    }
    if (empty) this.#endBody(side);
    return length;
  }

  #endBody(side: Side): void {
    const { exchange } = side;
    side.next = Next.head;
    side.exchange = null;
    if (exchange?.has_response && side === this.#sides[exchange.client === 0 ? 1 : 0])
      this.#context.session.finish(exchange);
  }
}
