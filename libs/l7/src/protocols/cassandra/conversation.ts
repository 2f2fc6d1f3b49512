import { u24le } from '../../bytes/numbers.ts';
import type { Format } from '../../compression/decompress.ts';
import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { LazyMap } from '../../session/lazy-map.ts';
import { Body } from './body.ts';
import { describeError, describeRequest, describeResult, type Statements } from './describe.ts';
import { FrameHeader, Op, opNames, SEGMENT_HEADER_BYTES, SEGMENT_TRAILER_BYTES } from './frame.ts';

const MAX_READ = 16_384;
const MAX_STATEMENTS = 2048;
const header = new FrameHeader();
const body = new Body();

/** One connection: frames with a stream number, answered in any order (CQL native protocol 1 to 5). */
export class CassandraConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #prepared: Statements = new LazyMap(MAX_STATEMENTS);
  #keyspace = '';
  #compression: Format = 'lz4 block';

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < 9) return Parse.needMore;
    if (!header.read(view.bytes, view.start)) return this.#segment(direction, view);
    const { totalBytes } = header;
    if (view.length < Math.min(totalBytes, MAX_READ) && view.missing === 0) return Parse.needMore;
    this.#frame(direction, view, view.start, totalBytes);
    return totalBytes;
  }

  /** From READY on version 5 wraps its frames in segments: a self-contained one begins with a frame. */
  #segment(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    const length = u24le(bytes, start) & 0x1ffff;
    const isWhole = (bytes[start + 2] & 2) !== 0;
    const total = SEGMENT_HEADER_BYTES + length + SEGMENT_TRAILER_BYTES;
    if ((bytes[start + 2] & 0xfc) !== 0 || length < 9) return Parse.lost;
    if (view.length < Math.min(total, MAX_READ) && view.missing === 0) return Parse.needMore;
    let at = start + SEGMENT_HEADER_BYTES;
    const stop = Math.min(end, at + length);
    if (!isWhole || at + 9 > stop) return total;
    if (!header.read(bytes, at) || header.version !== 5) return Parse.lost;
    for (let i = 0; i < 1024 && at + 9 <= stop && header.read(bytes, at); i++) {
      this.#frame(direction, view, at, header.totalBytes);
      at += header.totalBytes;
    }
    return total;
  }

  #frame(direction: Direction, view: View, at: number, length: number): void {
    const stop = Math.min(view.end, at + length);
    const began = view.start;
    view.start = at; // times and sequence numbers are those of the frame
    if (header.isResponse) this.#answer(direction, view, length, stop);
    else this.#ask(direction, view, length, stop);
    view.start = began;
  }

  #ask(direction: Direction, view: View, length: number, stop: number): void {
    const { session, options } = this.#context;
    const { op, stream, version } = header;
    const exchange = session.request(direction, view, length, stream);
    exchange.protocol_request_id = String(stream);
    exchange.version = String(version);
    exchange.request_domain = this.#keyspace;
    exchange.request_type = exchange.endpoint = opNames[op];
    body.read(header, this.#compression, view.bytes, view.start + header.headerBytes, stop);
    if (op === Op.startup) this.#compression = body.compression;
    describeRequest(exchange, op, body.bytes, body.at, body.end, this.#prepared, options);
  }

  #answer(direction: Direction, view: View, length: number, stop: number): void {
    if (header.op === Op.event) return;
    const { session } = this.#context;
    const { bytes } = view;
    const exchange = session.response(direction, view, length, header.stream);
    exchange.protocol_request_id = String(header.stream);
    exchange.response_status = header.op === Op.error ? 'server_error' : 'ok';
    body.read(header, this.#compression, bytes, view.start + header.headerBytes, stop);
    if (header.op === Op.error) describeError(exchange, body.bytes, body.at, body.end);
    else if (header.op === Op.result)
      this.#keyspace = describeResult(exchange, body.bytes, body.at, body.end, this.#prepared) || this.#keyspace;
    session.finish(exchange);
  }
}
