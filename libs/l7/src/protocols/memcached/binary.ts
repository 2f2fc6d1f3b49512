import { text } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type ConversationContext, Parse } from '../../protocol.ts';
import type { RequestId } from '../../session/session.ts';
import { BINARY_HEADER_BYTES, BinaryHeader } from './binary-header.ts';
import { isQuietOperation, operationName } from './commands.ts';
import { type Asked, passQuiet } from './quiet.ts';
import { binaryStatus, binaryStatusName } from './statuses.ts';

const STAT = 0x10;
const QUIT_QUIET = 0x17;
const header = new BinaryHeader();

/** Reads one message of the binary protocol at the start of the view. With an id (UDP) requests are paired by it, else by order. */
export function readBinary(context: ConversationContext, direction: Direction, view: View, id?: RequestId): number {
  if (view.length < BINARY_HEADER_BYTES) return Parse.needMore;
  const { bytes, start, end } = view;
  if (!header.read(bytes, start)) return Parse.lost;
  const keyAt = start + BINARY_HEADER_BYTES + header.extrasBytes;
  if (end < keyAt + header.keyBytes && view.missing === 0) return Parse.needMore;
  const key = text(bytes, Math.min(end, keyAt), Math.min(end, keyAt + header.keyBytes), 250);
  const length = BINARY_HEADER_BYTES + header.bodyBytes;
  if (header.isRequest) request(context, direction, view, length, key, id);
  else response(context, direction, view, length, id);
  return length;
}

function request(
  { session }: ConversationContext,
  direction: Direction,
  view: View,
  length: number,
  key: string,
  id: RequestId | undefined,
): void {
  const { opcode, opaque } = header;
  const unanswered = opcode === QUIT_QUIET;
  const exchange = session.ask(!unanswered, direction, view, length, id);
  const command = operationName(opcode);
  exchange.note = { command, opaque, quiet: isQuietOperation(opcode) } satisfies Asked;
  exchange.version = 'binary';
  exchange.request_type = exchange.endpoint = command;
  exchange.request_resource = command.startsWith('sasl') ? command : `${command} ${key}`.trimEnd();
  exchange.protocol_request_id = String(opaque);
  if (unanswered) session.finish(exchange);
}

function response(
  { session }: ConversationContext,
  direction: Direction,
  view: View,
  length: number,
  id: RequestId | undefined,
): void {
  const { opcode, opaque, status, bodyBytes, keyBytes } = header;
  const command = operationName(opcode);
  const client = opposite(direction);
  if (id === undefined) passQuiet(session, client, (asked) => asked.command === command && asked.opaque === opaque);
  const more = opcode === STAT && status === 0 && (keyBytes > 0 || bodyBytes > 0); // an empty one ends the list
  if (more && session.open(client, id) === undefined) return;
  const exchange = session.response(direction, view, length, id);
  if (!exchange.has_request) {
    exchange.request_type = exchange.endpoint = command;
    exchange.protocol_request_id = String(opaque);
  }
  exchange.version = 'binary';
  exchange.response_code = String(status);
  exchange.response_status = binaryStatus(status);
  if (exchange.response_status !== 'ok') exchange.response_exception = binaryStatusName(status);
  else if (status !== 0) exchange.response_result = binaryStatusName(status);
  if (!more) session.finish(exchange);
}
