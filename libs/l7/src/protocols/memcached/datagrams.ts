import { u16be } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse, Verdict } from '../../protocol.ts';
import { readBinary } from './binary.ts';
import { isBinary } from './conversation.ts';
import { detect } from './detect.ts';
import { readText } from './text-protocol.ts';

/** `request id, sequence number, total datagrams, reserved = 0`, 16 bits each (doc/protocol.txt, UDP protocol). */
const FRAME_BYTES = 8;
const MAX_DATAGRAMS = 1024;

export function detectDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: Direction,
  wireEnd: number,
): Verdict {
  if (end - start < FRAME_BYTES + 3 || u16be(bytes, start + 6) !== 0) return Verdict.no;
  const total = u16be(bytes, start + 4);
  if (total === 0 || total > MAX_DATAGRAMS || u16be(bytes, start + 2) !== 0) return Verdict.no;
  return detect(bytes, start + FRAME_BYTES, end, direction, wireEnd);
}

/** memcached over UDP: each datagram is a request or part of a response, paired by request id. */
export class MemcachedDatagrams implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { session } = this.#context;
    if (view.length <= FRAME_BYTES || u16be(view.bytes, view.start + 6) !== 0) return Parse.lost;
    const whole = view.length + view.missing;
    const id = u16be(view.bytes, view.start);
    const sequence = u16be(view.bytes, view.start + 2);
    if (sequence > 0) {
      const exchange = session.open(opposite(direction), id);
      if (exchange?.has_response) session.more(direction, exchange, view, whole);
      return whole;
    }
    view.start += FRAME_BYTES;
    while (view.start < view.end) {
      const read = isBinary(view.bytes[view.start]) ? readBinary : readText;
      const length = read(this.#context, direction, view, id);
      if (length <= 0) break;
      view.start += length;
    }
    view.start = Math.min(view.start, view.end);
    this.#finishList(direction, id);
    return Math.max(1, view.end - view.start);
  }

  /** A list that goes on in further datagrams is answered all the same. */
  #finishList(direction: Direction, id: number): void {
    const exchange = this.#context.session.open(opposite(direction), id);
    if (!exchange?.has_response) return;
    exchange.response_code ||= 'VALUE';
    exchange.response_status = 'ok';
    this.#context.session.finish(exchange);
  }
}
