import { u32be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { Exchange } from '../../session/exchange.ts';
import { countFrames, PREFACE } from './detect.ts';
import { Flag, FRAME_HEADER_BYTES, type FrameHeader, FrameType } from './frame.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { Http2Shared } from './shared.ts';
import { Streams } from './streams.ts';

/** A header block of such length is passed by: only 64 KiB can be held. */
const MAX_BLOCK = 48 * 1024;

/** One HTTP/2 connection (RFC 9113), gRPC included: header blocks are read, bodies pass by. */
export class Http2Conversation implements Conversation {
  readonly #shared: Http2Shared;
  readonly #streams: Streams;
  readonly #decoders: readonly [HpackDecoder, HpackDecoder];

  constructor(context: ConversationContext) {
    this.#shared = Http2Shared.of(context.options);
    this.#streams = new Streams(context, this.#shared);
    this.#decoders = [new HpackDecoder(this.#shared.http.texts), new HpackDecoder(this.#shared.http.texts)];
    if (context.carry instanceof Exchange) this.#streams.upgraded(context.carry);
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (bytes[start] === 0x50) {
      if (startsWith(bytes, start, end, PREFACE)) return PREFACE.length;
      if (startsWith(bytes, start, end, PREFACE.slice(0, end - start))) return Parse.needMore;
    }
    if (view.length < FRAME_HEADER_BYTES) return Parse.needMore;
    const { frame } = this.#shared;
    frame.read(bytes, start);
    if (!frame.isPossible) return Parse.lost;
    const length = FRAME_HEADER_BYTES + frame.length;
    switch (frame.type) {
      case FrameType.data:
        this.#streams.data(direction, view, frame, length);
        return length;
      case FrameType.headers:
      case FrameType.pushPromise:
        return this.#headers(direction, view, frame, length);
      case FrameType.rstStream:
        if (view.length < length && view.missing === 0) return Parse.needMore;
        this.#streams.reset(direction, view, frame, length, view.length < length ? 0 : u32be(bytes, start + 9));
        return length;
      default:
        return length;
    }
  }

  /** Header fields may have been among what is missing. */
  gap(direction: Direction): boolean {
    this.#decoders[direction].table.forget();
    return false;
  }

  /** Where frames fit one behind the other, of which one belongs to a stream that is open, or three in a row do. */
  resync(direction: Direction, view: View): number {
    this.#decoders[direction].table.forget();
    const { bytes, end } = view;
    const { frame } = this.#shared;
    for (let at = view.start; at + FRAME_HEADER_BYTES <= end; at++) {
      if (bytes[at] !== 0) continue;
      const count = countFrames(bytes, at, end);
      if (count === 0) continue;
      frame.read(bytes, at);
      const atStart = at === view.start && frame.type <= FrameType.continuation;
      if (count >= 3 || this.#streams.isOpen(frame.stream) || atStart) return at;
    }
    return -1;
  }

  close(): void {
    this.#streams.close();
  }

  #headers(direction: Direction, view: View, frame: FrameHeader, length: number): number {
    const decoder = this.#decoders[direction];
    if (length > MAX_BLOCK) {
      decoder.table.forget();
      return length;
    }
    const { block, head } = this.#shared;
    block.read(view, frame);
    if (block.totalBytes <= 0) return block.totalBytes === 0 ? Parse.needMore : Parse.lost;
    head.clear();
    const sound = decoder.decode(block.bytes, block.start, block.end, head);
    head.isPartial = decoder.hidesFields;
    if (!sound && !block.cut && head.method === '' && head.status === '') return Parse.lost;
    if (frame.type === FrameType.pushPromise) this.#streams.promise(opposite(direction), view, block.promised);
    else this.#streams.headers(direction, view, frame, block.totalBytes, frame.has(Flag.endStream));
    return block.totalBytes;
  }
}
