import { text } from '../../bytes/text.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { BerHead, berInteger } from './ber.ts';
import { LdapMessage } from './message.ts';
import { goesOn, isResponse, isServerError, isSuccess, requestNames, resultNames } from './operations.ts';

const MAX_READ = 1024;
const START_TLS = '1.3.6.1.4.1.1466.20037';
const BIND = 0;
const ABANDON = 16;
const UNBIND = 2;
const EXTENDED = 23;
const message = new LdapMessage();
const head = new BerHead();

/** One connection: operations, answered by message id in any order (RFC 4511). Of entries no more than the name is shown. */
export class LdapConversation implements Conversation {
  readonly #context: ConversationContext;
  #client: Direction | -1 = -1;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const read = message.read(view.bytes, view.start, view.end);
    if (read <= 0) return read === 0 ? Parse.needMore : Parse.lost;
    const { totalBytes, operation } = message;
    if (view.length < Math.min(totalBytes, MAX_READ) && view.missing === 0) return Parse.needMore;
    if (this.#client === -1) this.#client = isResponse(operation) ? opposite(direction) : direction;
    if (isResponse(operation) === (direction === this.#client)) return Parse.lost;
    if (direction === this.#client) this.#ask(direction, view);
    else this.#answer(direction, view);
    return totalBytes;
  }

  #ask(direction: Direction, view: View): void {
    const { session } = this.#context;
    const { id, operation, totalBytes } = message;
    const silent = operation === UNBIND || operation === ABANDON;
    const exchange = session.ask(!silent, direction, view, totalBytes, id);
    exchange.protocol_request_id = String(id);
    exchange.request_type = exchange.endpoint = requestNames.get(operation)!;
    describeRequest(exchange, view);
    if (silent) session.finish(exchange);
  }

  #answer(direction: Direction, view: View): void {
    const { session } = this.#context;
    const { id, operation, totalBytes } = message;
    if (id === 0) return; // unsolicited notification (4.4)
    const exchange = session.response(direction, view, totalBytes, id);
    exchange.protocol_request_id = String(id);
    if (goesOn(operation)) {
      if (operation === 4) exchange.rows_affected++;
      return;
    }
    describeResult(exchange, view);
    session.finish(exchange);
    if (exchange.request_resource === START_TLS && exchange.response_code === '0') this.#context.switchTo('tls');
  }
}

/** BindRequest: version, name, credentials. Others begin with the entry's name, alone or in a sequence; Extended with an OID. */
function describeRequest(exchange: Exchange, view: View): void {
  const { bytes } = view;
  const end = Math.min(view.end, message.to);
  let at = message.from;
  if (message.operation === 10) {
    exchange.request_resource = text(bytes, at, end, 256);
    return;
  }
  if (head.read(bytes, at, end) !== 1 || head.to > end) return;
  if (message.operation === BIND) {
    exchange.version = String(berInteger(bytes, head.from, head.to));
    at = head.to;
    if (head.read(bytes, at, end) !== 1 || head.to > end) return;
  }
  if (head.tag === 0x04 || (message.operation === EXTENDED && head.tag === 0x80))
    exchange.request_resource = text(bytes, head.from, head.to, 256);
}

/** LDAPResult: resultCode ENUMERATED, matchedDN, diagnosticMessage (4.1.9). The message may quote values: it stays out. */
function describeResult(exchange: Exchange, view: View): void {
  const end = Math.min(view.end, message.to);
  if (head.read(view.bytes, message.from, end) !== 1 || head.to > end) return;
  const code = berInteger(view.bytes, head.from, head.to);
  exchange.response_code = String(code);
  exchange.response_status = isSuccess(code) ? 'ok' : isServerError(code) ? 'server_error' : 'client_error';
  if (exchange.response_status !== 'ok') exchange.response_exception = resultNames.get(code) ?? `result ${code}`;
}
