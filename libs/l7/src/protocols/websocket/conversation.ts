import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { Exchange } from '../../session/exchange.ts';
import { closeName, closeStatus } from './close-codes.ts';
import { Frame, Opcode, Read } from './frame.ts';

const frame = new Frame();

/**
 * The frames of one WebSocket connection (RFC 6455), counted into one record, which is reported at its end: messages have
 * no answers, and what is inside is the application's own.
 */
export class WebSocketConversation implements Conversation {
  readonly #context: ConversationContext;
  /** Until the record is made. */
  #handshake: Exchange | null;
  #record: Exchange | null = null;
  /** Whole messages and payload bytes of them, by direction. */
  readonly #messages: [number, number] = [0, 0];
  readonly #payload: [number, number] = [0, 0];
  #closed = false;

  constructor(context: ConversationContext) {
    this.#context = context;
    this.#handshake = context.carry instanceof Exchange ? context.carry : null;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    const read = frame.read(bytes, start, end);
    if (read === Read.needMore) return Parse.needMore;
    if (read === Read.wrong) return Parse.lost;
    const length = frame.headerBytes + frame.length;
    if (frame.opcode === Opcode.close && view.length < length && view.missing === 0) return Parse.needMore;
    const record = this.#note(direction, view, length);
    if (!frame.isControl) {
      this.#payload[direction] += frame.length;
      if (frame.fin) this.#messages[direction]++;
    } else if (frame.opcode === Opcode.close) this.#close(direction, view, record);
    return length;
  }

  close(): void {
    const record = this.#record;
    if (record === null) return;
    const { client } = record;
    const server = opposite(client);
    record.attribute('flowloom.websocket.messages_sent', this.#messages[client]);
    record.attribute('flowloom.websocket.messages_received', this.#messages[server]);
    record.attribute('flowloom.websocket.bytes_sent', this.#payload[client]);
    record.attribute('flowloom.websocket.bytes_received', this.#payload[server]);
    this.#context.session.finish(record);
    this.#record = null;
  }

  #note(direction: Direction, view: View, length: number): Exchange {
    const { session } = this.#context;
    if (this.#record !== null) {
      session.more(direction, this.#record, view, length);
      return this.#record;
    }
    const client = this.#handshake?.client ?? (frame.masked ? direction : opposite(direction)); // clients mask (5.1)
    const record = session.oneWay(client, view, 0);
    session.more(direction, record, view, length);
    record.version = '13';
    record.request_type = 'CONNECTION';
    if (direction !== client) record.req_tcp_seq = 0;
    if (this.#handshake !== null) {
      const { request_domain, request_resource, endpoint, trace_id, span_id, trace_sampled } = this.#handshake;
      Object.assign(record, { request_domain, request_resource, endpoint, trace_id, span_id, trace_sampled });
      this.#handshake = null;
    }
    this.#record = record;
    return record;
  }

  /** The first close frame tells why (5.5.1); the other side repeats it. */
  #close(direction: Direction, view: View, record: Exchange): void {
    if (this.#closed || frame.length < 2 || view.length < frame.headerBytes + 2) return;
    this.#closed = true;
    const code = (frame.payload(view.bytes, view.start, 0) << 8) | frame.payload(view.bytes, view.start, 1);
    record.response_code = String(code);
    record.response_status = closeStatus(code, direction !== record.client);
    if (record.response_status !== 'ok') record.response_exception = closeName(code);
  }
}
