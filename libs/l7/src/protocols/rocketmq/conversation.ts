import type { Direction } from '../../direction.ts';
import { foldPath } from '../../endpoint/fold-path.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { hasShortFields, isSend, requestName, statusOf } from './codes.ts';
import { frameLength, headerLength, JSON_HEADER, PREFIX } from './frame.ts';
import { type Header, readBinaryHeader, readJsonHeader } from './header.ts';
import { readMessageProperties } from './properties.ts';

const IS_RESPONSE = 1;
const IS_ONE_WAY = 2;

/** Commands of either side, told apart by `opaque`: brokers also ask clients. */
export class RocketMqConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (view.length < PREFIX) return Parse.needMore;
    const length = frameLength(bytes, start);
    if (length < 0) return Parse.lost;
    const head = start + PREFIX;
    const headEnd = head + headerLength(bytes, start);
    if (headEnd > end) return Parse.needMore;
    const read = bytes[start + 4] === JSON_HEADER ? readJsonHeader : readBinaryHeader;
    const header = read(bytes, head, headEnd);
    if (header === null) return Parse.lost;
    if (header.flag & IS_RESPONSE) this.#answer(direction, view, length, header);
    else this.#ask(direction, view, length, header);
    return length;
  }

  #ask(direction: Direction, view: View, length: number, header: Header): void {
    const { session, options } = this.#context;
    const { code, fields } = header;
    const oneWay = (header.flag & IS_ONE_WAY) !== 0;
    const exchange = session.ask(!oneWay, direction, view, length, header.opaque);
    const short = hasShortFields(code);
    const topic = fields.get(short ? 'b' : 'topic') ?? '';
    exchange.request_type = requestName(code);
    exchange.version = String(header.version);
    exchange.protocol_request_id = String(header.opaque);
    exchange.request_resource = topic;
    exchange.request_domain = fields.get(short ? 'a' : 'producerGroup') ?? fields.get('consumerGroup') ?? '';
    exchange.endpoint = foldPath(topic);
    exchange.attribute('messaging.destination.partition.id', fields.get(short ? 'e' : 'queueId'));
    exchange.attribute('messaging.consumer.group.name', fields.get('consumerGroup'));
    if (isSend(code)) readMessageProperties(exchange, fields.get(short ? 'i' : 'properties') ?? '', options);
    if (oneWay) session.finish(exchange);
  }

  #answer(direction: Direction, view: View, length: number, header: Header): void {
    const { session } = this.#context;
    const exchange = session.response(direction, view, length, header.opaque);
    exchange.protocol_request_id = String(header.opaque);
    exchange.response_code = String(header.code);
    exchange.response_status = statusOf(header.code);
    if (exchange.response_status !== 'ok') exchange.response_exception = header.remark;
    session.finish(exchange);
  }
}
