import { u16be } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import {
  CONTROL_BYTES,
  HEADER_BYTES,
  kissOf,
  Mode,
  modeNames,
  modeOf,
  originOf,
  stratumOf,
  transmitOf,
  versionOf,
} from './packet.ts';

/** Second byte of control messages: response, error (RFC 9327 2). */
const RESPONSE = 0x80;
const ERROR = 0x40;

/** NTP between two ends: a client's question by its transmit timestamp; what peers and broadcasters send alone. */
export class NtpConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start } = view;
    const length = view.length + view.missing;
    const mode = modeOf(bytes, start);
    if (view.length < (mode === Mode.control ? CONTROL_BYTES : HEADER_BYTES)) return Parse.lost;
    const { session } = this.#context;
    if (mode === Mode.control) this.#control(direction, view, length);
    else if (mode === Mode.client) {
      const id = transmitOf(bytes, start);
      describe(session.request(direction, view, length, id), view, mode);
    } else if (mode === Mode.server) {
      const exchange = session.response(direction, view, length, originOf(bytes, start));
      if (!exchange.has_request) describe(exchange, view, Mode.client);
      const kiss = kissOf(bytes, start);
      exchange.response_code = exchange.response_exception = kiss;
      exchange.response_status = kiss === '' ? 'ok' : 'client_error';
      exchange.response_result = `stratum=${stratumOf(bytes, start)}`;
      session.finish(exchange);
    } else {
      const exchange = session.oneWay(direction, view, length);
      describe(exchange, view, mode);
      session.finish(exchange);
    }
    return length;
  }

  #control(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const flags = view.bytes[view.start + 1];
    const sequence = u16be(view.bytes, view.start + 2);
    const isResponse = (flags & RESPONSE) !== 0;
    const exchange = isResponse
      ? session.response(direction, view, length, sequence)
      : session.request(direction, view, length, sequence);
    if (!exchange.has_request || !isResponse) describe(exchange, view, Mode.control);
    exchange.protocol_request_id = String(sequence);
    if (!isResponse) return;
    exchange.response_status = (flags & ERROR) === 0 ? 'ok' : 'server_error';
    session.finish(exchange);
  }
}

function describe(exchange: Exchange, view: View, mode: number): void {
  exchange.version = String(versionOf(view.bytes, view.start));
  exchange.request_type = exchange.endpoint = modeNames[mode] ?? '';
}
