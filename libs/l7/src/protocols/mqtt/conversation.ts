import { Cursor } from '../../bytes/cursor.ts';
import { text } from '../../bytes/text.ts';
import { TextCache } from '../../bytes/text-cache.ts';
import { type Direction, opposite } from '../../direction.ts';
import { foldPath } from '../../endpoint/fold-path.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse, Verdict } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import { detect } from './detect.ts';
import { headerLength, remainingLength } from './fixed-header.ts';
import { answeredBy, PacketType, packetNames } from './packet-types.ts';
import { readProperties } from './properties.ts';
import { describeCode, statusOf, statusOfAck } from './reason-codes.ts';

/** So much of a packet is looked at; the rest is payload, or more topics than are shown. */
const MAX_HEAD = 2048;
const MAX_TOPICS = 16;
const versions: Record<number, string> = { 3: '3.1', 4: '3.1.1', 5: '5' };

const texts = new TextCache(4096);
const cursor = new Cursor();

/**
 * Both sides send requests: PUBLISH travels either way. Responses name type and packet identifier of what they answer.
 * QoS 2 takes four packets; the exchange ends with PUBCOMP.
 */
export class MqttConversation implements Conversation {
  readonly #context: ConversationContext;
  #version = 0;
  #clientId = '';
  /** Whose packets only a client sends; -1 before the first of them. */
  #client: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  /** That this is the protocol is known: what may be a message at the start of a segment is taken for one. */
  resync(direction: Direction, view: View): number {
    const { bytes, start, end, missing } = view;
    return detect(bytes, start, end, direction, end + missing) === Verdict.no ? -1 : start;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    const header = headerLength(bytes, start, end);
    if (header <= 0) return header === 0 ? Parse.needMore : Parse.lost;
    const length = header + remainingLength(bytes, start, header);
    if (view.length < Math.min(length, MAX_HEAD) && view.missing === 0) return Parse.needMore;
    const type = bytes[start] >> 4;
    cursor.set(bytes, start + header, Math.min(end, start + length));
    if (answeredBy[type] > 0) this.#answer(direction, view, length, type);
    else this.#ask(direction, view, length, type);
    return length;
  }

  #ask(direction: Direction, view: View, length: number, type: number): void {
    const { session } = this.#context;
    if (type !== PacketType.publish && type !== PacketType.disconnect) this.#client = direction;
    switch (type) {
      case PacketType.connect: {
        this.#readConnect();
        this.#fill(session.request(direction, view, length, type << 16), type);
        break;
      }
      case PacketType.publish:
        this.#publish(direction, view, length);
        break;
      case PacketType.subscribe:
      case PacketType.unsubscribe: {
        const exchange = session.request(direction, view, length, (type << 16) | cursor.u16());
        this.#fill(exchange, type, this.#readFilters(type === PacketType.subscribe));
        break;
      }
      case PacketType.pingreq:
        this.#fill(session.request(direction, view, length, type << 16), type);
        break;
      case PacketType.disconnect: {
        const exchange = session.oneWay(direction, view, length);
        this.#fill(exchange, type);
        if (cursor.left > 0) this.#code(exchange, cursor.u8(), type);
        session.finish(exchange);
        break;
      }
    }
  }

  #publish(direction: Direction, view: View, length: number): void {
    const { session, options } = this.#context;
    const qos = (view.bytes[view.start] >> 1) & 3;
    const topicLength = cursor.u16();
    const at = cursor.take(Math.min(topicLength, cursor.left));
    const topic = at < 0 ? '' : texts.get(cursor.bytes, at, cursor.at);
    const id = qos === 0 ? 0 : cursor.u16();
    const exchange = session.ask(qos !== 0, direction, view, length, (PacketType.publish << 16) | id);
    this.#fill(exchange, PacketType.publish, topic);
    if (this.#client === opposite(direction)) exchange.attribute('messaging.operation.type', 'receive');
    if (qos > 0) exchange.protocol_request_id = String(id);
    if (this.#version === 5) readProperties(cursor, (name, value) => readTraceHeader(exchange, name, value, options));
    if (cursor.ok && length <= view.length) exchange.attribute('messaging.message.body.size', cursor.left);
    if (qos === 0) session.finish(exchange);
  }

  #answer(direction: Direction, view: View, length: number, type: number): void {
    const { session } = this.#context;
    const asked = answeredBy[type];
    const id = type === PacketType.connack || type === PacketType.pingresp ? 0 : cursor.u16();
    const exchange = session.response(direction, view, length, (asked << 16) | id);
    if (!exchange.has_request) this.#fill(exchange, asked);
    this.#code(exchange, this.#readCode(type), type);
    if (
      type !== PacketType.pubrec ||
      exchange.response_status !== 'ok' ||
      !session.open(opposite(direction), exchange.id)
    )
      session.finish(exchange);
  }

  /** The code of a response, of several the worst. */
  #readCode(type: number): number {
    if (type === PacketType.connack) {
      cursor.take(1);
      return cursor.u8();
    }
    if (type !== PacketType.suback && type !== PacketType.unsuback) return cursor.left > 0 ? cursor.u8() : 0;
    if (this.#version === 5) readProperties(cursor);
    let worst = 0;
    while (cursor.ok && cursor.left > 0) worst = Math.max(worst, cursor.u8());
    return worst < 0x80 ? 0 : worst;
  }

  #code(exchange: Exchange, code: number, type: number): void {
    exchange.response_code = String(code);
    const isConnack = type === PacketType.connack;
    exchange.response_status = isConnack ? statusOf(code) : statusOfAck(code);
    if (exchange.response_status !== 'ok') exchange.response_exception = describeCode(code);
  }

  #fill(exchange: Exchange, type: number, topic = ''): void {
    exchange.request_type = packetNames[type];
    exchange.version = versions[this.#version] ?? '';
    exchange.request_domain = this.#clientId;
    exchange.request_resource = topic;
    // In a filter `#` is a wildcard (section 4.7.1.2), not the start of a fragment.
    exchange.endpoint = topic.split('#').map(foldPath).join('#');
    exchange.attribute('messaging.client.id', this.#clientId);
  }

  /** Section 3.1: protocol name, version, flags, keep alive, in version 5 properties, client identifier. */
  #readConnect(): void {
    cursor.take(cursor.u16());
    this.#version = cursor.u8() & 0x7f; // bridges set the highest bit
    cursor.take(3);
    if (this.#version === 5) readProperties(cursor);
    this.#clientId = cursor.text(cursor.u16(), 128);
  }

  /** Topic filters of SUBSCRIBE, each with a byte of options, or of UNSUBSCRIBE. */
  #readFilters(withOptions: boolean): string {
    if (this.#version === 5) readProperties(cursor);
    let topics = '';
    for (let n = 0; n < MAX_TOPICS && cursor.ok && cursor.left > 2; n++) {
      const length = cursor.u16();
      const at = cursor.take(length);
      if (at < 0) break;
      topics += `${topics === '' ? '' : ','}${text(cursor.bytes, at, at + length, 256)}`;
      if (withOptions) cursor.take(1);
    }
    return topics;
  }
}
