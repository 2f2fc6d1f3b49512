import { u32le } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { bodySection, describeCommand, describeNamespace, describeReply } from './describe.ts';
import { HEADER_BYTES, messageLength, OpCode, opNames } from './header.ts';
import { Message } from './message.ts';

const MAX_READ = 8192;
const message = new Message();
const MORE_TO_COME = 2;
const QUERY_FAILURE = 2;
/** responseTo of a message that answers nothing. */
const NOTHING = 0;

/** One connection: messages with a request id, answered by ones that refer to it (MongoDB wire protocol). */
export class MongodbConversation implements Conversation {
  readonly #context: ConversationContext;
  #client: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < HEADER_BYTES) return Parse.needMore;
    const { bytes, start, end } = view;
    const length = messageLength(bytes, start);
    if (length === 0) return Parse.lost;
    if (view.length < Math.min(length, MAX_READ) && view.missing === 0) return Parse.needMore;
    const op = u32le(bytes, start + 12);
    const responseTo = u32le(bytes, start + 8);
    if (this.#client === -1)
      this.#client = op === OpCode.reply || (responseTo !== NOTHING && op >= 2010) ? opposite(direction) : direction;
    const stop = Math.min(end, start + length);
    if (direction === this.#client) this.#ask(direction, view, length, op, stop);
    else this.#answer(direction, view, length, op, stop);
    return length;
  }

  #ask(direction: Direction, view: View, length: number, op: number, stop: number): void {
    const { session } = this.#context;
    const { bytes, start } = view;
    const id = u32le(bytes, start + 4);
    const isCompressed = message.read(op, bytes, start + HEADER_BYTES, stop);
    const silent = isUnanswered(message);
    const exchange = session.ask(!silent, direction, view, length, id);
    exchange.protocol_request_id = String(id);
    exchange.request_type = exchange.endpoint = opNames.get(message.op) ?? '';
    if (isCompressed) exchange.attribute('flowloom.mongodb.compressed', 'true');
    describeRequest(exchange, message);
    if (silent) session.finish(exchange);
  }

  #answer(direction: Direction, view: View, length: number, op: number, stop: number): void {
    const { session } = this.#context;
    const { bytes, start } = view;
    const id = u32le(bytes, start + 8);
    const exchange = session.response(direction, view, length, id);
    exchange.protocol_request_id ||= String(id);
    message.read(op, bytes, start + HEADER_BYTES, stop);
    describeResponse(exchange, message);
    session.finish(exchange);
  }
}

function isUnanswered({ op, bytes, at, stop }: Message): boolean {
  if (op === OpCode.msg) return stop - at > 4 && (bytes[at] & MORE_TO_COME) !== 0;
  return op === OpCode.update || op === OpCode.insert || op === OpCode.delete || op === OpCode.killCursors;
}

function describeRequest(exchange: Exchange, { op, bytes, at, stop }: Message): void {
  if (op === OpCode.msg) {
    const body = bodySection(bytes, at, stop);
    if (body > 0) describeCommand(exchange, bytes, body, stop);
  } else if (op === OpCode.query) {
    const next = describeNamespace(exchange, bytes, at + 4, stop);
    if (next > 0 && exchange.request_resource === '') describeCommand(exchange, bytes, next + 8, stop);
    else if (next > 0) {
      exchange.request_type = 'find';
      exchange.endpoint = exchange.request_resource = exchange.endpoint.replace('QUERY', 'find');
    }
  } else if (op !== OpCode.killCursors && op !== OpCode.compressed) describeNamespace(exchange, bytes, at + 4, stop);
}

/** OP_REPLY: flags (32), cursor (64), starting from (32), number returned (32), documents; OP_MSG: flags (32), sections. */
function describeResponse(exchange: Exchange, { op, bytes, at, stop }: Message): void {
  exchange.response_status = 'ok';
  if (op === OpCode.reply && stop - at >= 20) {
    const failed = (bytes[at] & QUERY_FAILURE) !== 0;
    const returned = u32le(bytes, at + 16);
    const isCommand = exchange.request_type !== 'find' && exchange.request_type !== 'GET_MORE';
    if (isCommand || failed) describeReply(exchange, bytes, at + 20, stop);
    if (!isCommand) exchange.rows_affected = returned;
    if (failed && exchange.response_status === 'ok') exchange.response_status = 'server_error';
  } else if (op === OpCode.msg) {
    const body = bodySection(bytes, at, stop);
    if (body > 0) describeReply(exchange, bytes, body, stop);
  }
}
