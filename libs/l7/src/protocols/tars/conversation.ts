import type { Direction } from '../../direction.ts';
import { opposite } from '../../direction.ts';
import { describeCall } from '../../endpoint/describe-call.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { HEAD_BYTES, isLength, LENGTH_BYTES, lengthOf, TarsPacket } from './packet.ts';
import { classOf, codeName } from './return-codes.ts';

const ONE_WAY = 1;
const packet = new TarsPacket();

/** One Tars connection: calls, multiplexed by id. */
export class TarsConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < LENGTH_BYTES) return Parse.needMore;
    const length = lengthOf(view.bytes, view.start);
    if (!isLength(length)) return Parse.lost;
    const wanted = Math.min(length, HEAD_BYTES);
    if (view.length < wanted && view.missing === 0) return Parse.needMore;
    if (!packet.read(view.bytes, view.start, Math.min(view.end, view.start + wanted))) return Parse.lost;
    const isTupAnswer = this.#context.session.open(opposite(direction), packet.requestId) !== undefined;
    if (packet.isRequest && !isTupAnswer) this.#request(direction, view, length);
    else this.#response(direction, view, length);
    return length;
  }

  #request(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const isOneWay = packet.packetType === ONE_WAY;
    const exchange = session.ask(!isOneWay, direction, view, length, packet.requestId);
    exchange.version = String(packet.version);
    exchange.protocol_request_id = String(packet.requestId);
    describeCall(exchange, packet.servant, packet.func);
    if (isOneWay) session.finish(exchange);
  }

  #response(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const { returnCode } = packet;
    const exchange = session.response(direction, view, length, packet.requestId);
    exchange.version = String(packet.version);
    exchange.protocol_request_id = String(packet.requestId);
    exchange.response_code = String(returnCode);
    exchange.response_status = classOf(returnCode);
    exchange.response_exception = codeName(returnCode);
    session.finish(exchange);
  }
}
