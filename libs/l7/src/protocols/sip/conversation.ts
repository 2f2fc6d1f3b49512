import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import type { L7Options } from '../../options.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Status } from '../../session/exchange.ts';
import { readTraceHeader, traceHeaderNames } from '../../trace-context/trace-headers.ts';
import { headEnd, MAX_HEAD, type Message, readMessage } from './message.ts';
import { hostOf, maskUri } from './uri.ts';

const requestLine = /^([A-Z]+) (\S+) SIP\/2\.0$/;
const statusLine = /^SIP\/2\.0 (\d{3}) ?(.*)$/;
const MAX_BODY = 16 * 1024 * 1024;
const REMEMBERED = 64;

/** Headers that carry trace context: the same for all connections. */
const traceNames = new WeakMap<L7Options, ReadonlySet<string>>();

function traceNamesOf(options: L7Options): ReadonlySet<string> {
  let names = traceNames.get(options);
  if (names === undefined) traceNames.set(options, (names = new Set(traceHeaderNames(options))));
  return names;
}

/**
 * Requests of either side, told apart by Call-ID and CSeq. Provisional responses (1xx) begin the answer, the final one
 * ends it; ACK has none. Final responses that are sent again are left out.
 */
export class SipConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #traceNames: ReadonlySet<string>;
  readonly #finished = new Set<string>();

  constructor(context: ConversationContext) {
    this.#context = context;
    this.#traceNames = traceNamesOf(context.options);
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (bytes[start] === 0x0d || bytes[start] === 0x0a || bytes[start] === 0) return this.#keepAlive(view);
    const found = headEnd(bytes, start, Math.min(end, start + MAX_HEAD));
    if (found < 0 && view.length < MAX_HEAD && view.missing === 0 && this.#context.transport === 'tcp')
      return Parse.needMore;
    const last = found < 0 ? Math.min(end, start + MAX_HEAD) : found;
    const message = readMessage(bytes, start, last, this.#traceNames);
    const body = Number(/^\d{1,8}$/.exec(message.contentLength)?.[0] ?? 0);
    if (body > MAX_BODY) return Parse.lost;
    const length = this.#context.transport === 'udp' ? view.length + view.missing : last - start + body;
    const request = requestLine.exec(message.startLine);
    if (request) this.#ask(direction, view, length, message, request[1], request[2]);
    else {
      const status = statusLine.exec(message.startLine);
      if (!status) return Parse.lost;
      this.#answer(direction, view, length, message, Number(status[1]), status[2]);
    }
    return length;
  }

  /** Empty lines between messages keep a connection open (RFC 5626 3.5.1); some phones send zeros. */
  #keepAlive(view: View): number {
    let at = view.start;
    while (at < view.end && (view.bytes[at] === 0x0d || view.bytes[at] === 0x0a || view.bytes[at] === 0)) at++;
    return at - view.start;
  }

  #ask(direction: Direction, view: View, length: number, message: Message, method: string, uri: string): void {
    const { session, options } = this.#context;
    const isAck = method === 'ACK';
    const id = idOf(message);
    // The same once more over UDP is sent again (17.1.1.2): the answer is to the first.
    const isRepeated = this.#context.transport === 'udp' && session.open(direction, id) !== undefined;
    const exchange = session.ask(!isAck && !isRepeated, direction, view, length, id);
    exchange.version = '2.0';
    exchange.request_type = exchange.endpoint = method;
    exchange.request_resource = maskUri(uri);
    exchange.request_domain = hostOf(uri);
    exchange.protocol_request_id = id;
    exchange.x_request_id = message.callId;
    exchange.attribute('user_agent.original', message.userAgent);
    for (const [name, value] of message.others) readTraceHeader(exchange, name, value, options);
    if (isRepeated) {
      exchange.response_status = 'unknown';
      exchange.attribute('flowloom.sip.repeated', 'true');
    }
    if (isAck || isRepeated) session.finish(exchange);
  }

  #answer(direction: Direction, view: View, length: number, message: Message, code: number, reason: string): void {
    const { session } = this.#context;
    const id = idOf(message);
    if (!session.open(opposite(direction), id) && (code < 200 || this.#finished.has(id))) return;
    const exchange = session.response(direction, view, length, id);
    exchange.protocol_request_id = id;
    exchange.response_code = String(code);
    exchange.response_status = statusOf(code);
    if (code >= 400) exchange.response_exception = reason;
    if (!exchange.has_request) {
      exchange.version = '2.0';
      exchange.request_type = exchange.endpoint = message.cseq.split(/\s+/)[1] ?? '';
    }
    if (code < 200) return;
    session.finish(exchange);
    if (this.#finished.size >= REMEMBERED) this.#finished.clear();
    this.#finished.add(id);
  }
}

const idOf = (message: Message): string => `${message.callId} ${message.cseq}`;

/** RFC 3261 21: 6xx are failures wherever the request goes. */
function statusOf(code: number): Status {
  if (code < 400) return 'ok';
  return code < 500 ? 'client_error' : 'server_error';
}
