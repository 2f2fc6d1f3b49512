import type { Direction } from '../../direction.ts';
import { describeCall } from '../../endpoint/describe-call.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { BoltCommand, CommandCode, CommandType } from './command.ts';
import { readRequestHeader } from './request-header.ts';
import { classOf, statusName } from './status.ts';

const command = new BoltCommand();

/** One SOFABolt connection: calls, multiplexed by id. Both ends may call. */
export class SofaRpcConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    if (view.length < 3) return Parse.needMore;
    const headBytes = BoltCommand.headBytes(view.bytes, view.start);
    if (headBytes === 0) return Parse.lost;
    if (view.length < headBytes) return Parse.needMore;
    if (!command.read(view.bytes, view.start)) return Parse.lost;
    if (command.type === CommandType.response) this.#response(direction, view);
    else {
      const wanted = headBytes + command.classBytes + command.headersBytes;
      if (view.length < wanted && view.missing === 0) return Parse.needMore;
      this.#request(direction, view);
    }
    return command.totalBytes;
  }

  #request(direction: Direction, view: View): void {
    const { session, options } = this.#context;
    const { requestId, totalBytes } = command;
    const isOneWay = command.type === CommandType.oneWay;
    const exchange = session.ask(!isOneWay, direction, view, totalBytes, requestId);
    exchange.version = String(command.version);
    exchange.protocol_request_id = String(requestId);
    if (command.code === CommandCode.heartbeat) describeCall(exchange, '', 'HEARTBEAT');
    else {
      const from = command.classAt + command.classBytes;
      readRequestHeader(exchange, view.bytes, from, Math.min(view.end, from + command.headersBytes), options);
    }
    if (isOneWay) session.finish(exchange);
  }

  #response(direction: Direction, view: View): void {
    const { session } = this.#context;
    const { requestId, status } = command;
    const exchange = session.response(direction, view, command.totalBytes, requestId);
    exchange.version = String(command.version);
    exchange.protocol_request_id = String(requestId);
    exchange.response_code = String(status);
    exchange.response_status = classOf(status);
    if (status !== 0) exchange.response_exception = statusName(status);
    session.finish(exchange);
  }
}
