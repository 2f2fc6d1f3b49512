import { u16be } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { showAnswers } from './answers.ts';
import { isSensible } from './detect.ts';
import { HEADER_BYTES, idOf, isResponse, opcodeOf, questionsOf, rcodeOf } from './header.ts';
import { type NameAt, readName } from './name.ts';
import { opcodeName, rcodeName, typeName } from './names-of-numbers.ts';

const MULTICAST_DNS = 5353;
/** Of longer messages (zone transfers) only so much is read. */
const MAX_READ = 4096;
const MAX_REMEMBERED = 16;

const name: NameAt = { name: '', next: -1 };

/** Queries and responses between two ends, paired by id (RFC 1035 7.3). */
export class DnsConversation implements Conversation {
  readonly #context: ConversationContext;
  /** A length of two bytes stands before each message. */
  readonly #prefixed: boolean;
  /** Length of the message that comes next, 0 while it is not known. */
  readonly #lengths: [number, number] = [0, 0];
  readonly #multicast: boolean;
  /** Ids answered lately: a further response is a repetition, or the next part of a zone transfer. */
  #answered: number[] = [];

  constructor(context: ConversationContext, prefixed: boolean) {
    this.#context = context;
    this.#prefixed = prefixed;
    this.#multicast = context.ports.includes(MULTICAST_DNS);
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    let length = view.length + view.missing;
    if (this.#prefixed) {
      length = this.#lengths[direction];
      if (length === 0) return this.#parsePrefix(direction, view);
      if (view.length < Math.min(length, MAX_READ) && view.missing === 0) return Parse.needMore;
      this.#lengths[direction] = 0;
    }
    const last = Math.min(end, start + length);
    if (last - start < HEADER_BYTES) return Parse.lost;
    if (questionsOf(bytes, start) > 0 || this.#multicast) {
      readName(name, bytes, start, start + HEADER_BYTES, last);
      if (name.next < 0 || name.next + 4 > last) return Parse.lost;
    } else name.next = -1;
    if (isResponse(bytes, start)) this.#response(direction, view, start, last, length);
    else this.#query(direction, view, start, length);
    return length;
  }

  gap(direction: Direction): boolean {
    this.#lengths[direction] = 0;
    return false;
  }

  /** A step of its own: the message, and so its time, starts behind it. */
  #parsePrefix(direction: Direction, view: View): number {
    if (view.length < 2 + HEADER_BYTES) return Parse.needMore;
    const length = u16be(view.bytes, view.start);
    if (length < HEADER_BYTES || !isSensible(view.bytes, view.start + 2)) return Parse.lost;
    this.#lengths[direction] = length;
    return 2;
  }

  #query(direction: Direction, view: View, message: number, length: number): void {
    const { session } = this.#context;
    const id = idOf(view.bytes, message);
    if (this.#multicast) {
      const exchange = session.oneWay(direction, view, length);
      this.#describe(exchange, view, message);
      exchange.response_status = 'unknown';
      session.finish(exchange);
      return;
    }
    // The same once more is a repetition over UDP; over TCP nothing needs to be repeated.
    const before = this.#prefixed ? undefined : session.open(direction, id);
    if (before && before.request_resource === name.name && before.request_type === typeOf(view)) return;
    this.#answered = this.#answered.filter((answered) => answered !== id);
    this.#describe(session.request(direction, view, length, id), view, message);
  }

  #response(direction: Direction, view: View, message: number, last: number, length: number): void {
    const { session } = this.#context;
    const id = idOf(view.bytes, message);
    if (!session.open(opposite(direction), id)) {
      if (this.#answered.includes(id) && !this.#multicast) return;
    }
    this.#answered.push(id);
    if (this.#answered.length > MAX_REMEMBERED) this.#answered.shift();
    const exchange = session.response(direction, view, length, id);
    if (!exchange.has_request) this.#describe(exchange, view, message);
    const rcode = rcodeOf(view.bytes, message);
    exchange.response_code = String(rcode);
    exchange.response_status = rcode === 0 ? 'ok' : rcode === 1 || rcode === 3 ? 'client_error' : 'server_error';
    if (rcode !== 0) exchange.response_exception = rcodeName(rcode);
    exchange.response_result = showAnswers(view.bytes, message, last);
    session.finish(exchange);
  }

  #describe(exchange: Exchange, view: View, message: number): void {
    if (this.#multicast) exchange.protocol = 'mdns';
    exchange.request_type = typeOf(view);
    exchange.attribute('dns.opcode', opcodeName(opcodeOf(view.bytes, message)));
    exchange.protocol_request_id = String(idOf(view.bytes, message));
    if (name.next < 0) return;
    exchange.request_domain = exchange.request_resource = exchange.endpoint = name.name;
    exchange.attribute('dns.question.name', name.name);
  }
}

/** Type of the first question; that of an UPDATE or NOTIFY is its zone's, SOA (RFC 2136 2.3, RFC 1996 3.6). */
const typeOf = (view: View): string => (name.next < 0 ? '' : typeName(u16be(view.bytes, name.next)));
