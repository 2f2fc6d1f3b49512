import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { type Exchange, ExchangeState } from '../../session/exchange.ts';
import { readCertificate } from './certificate.ts';
import { describeAlert, describeCertificate, describeClientHello, describeServerHello } from './describe.ts';
import { type HandshakeMessage, HandshakeMessages, HandshakeType } from './handshake-messages.ts';
import { readHello } from './hello.ts';
import { versionName } from './names.ts';
import { ContentType, RECORD_HEADER_BYTES, recordLength } from './record.ts';
import { isSsl2Hello, ssl2Length, ssl2Version } from './ssl2.ts';

/**
 * The handshake of one TLS connection, SSL 3 to TLS 1.3, as one record: from ClientHello to ServerHello. It is reported once
 * the keys are in use, when certificate and alerts that are sent in the clear have been seen; from then on all is encrypted.
 */
export class TlsConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #messages = [new HandshakeMessages(), new HandshakeMessages()] as const;
  /** Directions in which keys are in use: their handshake messages are encrypted. */
  readonly #encrypted: [boolean, boolean] = [false, false];
  #handshake: Exchange | null = null;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (bytes[start] >= 0x80) return this.#ssl2(direction, view);
    if (view.length < RECORD_HEADER_BYTES) return Parse.needMore;
    const fragment = recordLength(bytes, start);
    if (fragment < 0) return Parse.lost;
    const length = RECORD_HEADER_BYTES + fragment;
    const type = bytes[start];
    if (type === ContentType.applicationData) return this.#data(direction, view, length);
    if (this.#encrypted[direction]) return length;
    if (view.length < length && view.missing === 0) return Parse.needMore;
    const last = Math.min(end, start + length);
    if (type === ContentType.changeCipherSpec) this.#changeCipher(direction, view);
    else if (type === ContentType.alert) this.#alert(direction, view, length, fragment);
    else if (type === ContentType.handshake) {
      const cut = view.length < length;
      for (const message of this.#messages[direction].read(bytes, start + RECORD_HEADER_BYTES, last, cut))
        this.#message(direction, view, message, length);
    }
    return length;
  }

  close(): void {
    if (this.#handshake?.has_response) this.#context.session.finish(this.#handshake);
    this.#handshake = null;
  }

  #message(direction: Direction, view: View, message: HandshakeMessage, recordBytes: number): void {
    const { type, bytes, start, end } = message;
    const isClient = type === HandshakeType.clientHello;
    if (isClient || type === HandshakeType.serverHello) {
      const hello = readHello(bytes, start, end, isClient);
      if (isClient) {
        if (this.#handshake !== null) return; // the second one, after HelloRetryRequest
        describeClientHello(this.#begin(direction, view, recordBytes), hello);
        return;
      }
      // Only the hello: a certificate behind it in the same record comes later.
      const length = bytes === view.bytes ? end - view.start : recordBytes;
      const exchange = this.#answer(direction, view, length);
      if (exchange !== null) describeServerHello(exchange, hello);
    } else if (type === HandshakeType.certificate && this.#handshake?.client !== direction) {
      const names = readCertificate(bytes, start, end);
      if (names !== null && this.#handshake !== null) describeCertificate(this.#handshake, names);
    }
  }

  #begin(direction: Direction, view: View, length: number): Exchange {
    this.#handshake = this.#context.session.request(direction, view, length);
    return this.#handshake;
  }

  /** The response starts, unless it has started before (HelloRetryRequest). */
  #answer(direction: Direction, view: View, length: number): Exchange | null {
    if (this.#handshake?.client === direction) return null;
    if (this.#handshake?.has_response) return this.#handshake;
    if (this.#handshake !== null && this.#handshake.state !== ExchangeState.open) return null;
    this.#handshake = this.#context.session.response(direction, view, length);
    return this.#handshake;
  }

  /** Up to TLS 1.2 the handshake is over when both sides have changed; in TLS 1.3 it means nothing (RFC 8446 D.4). */
  #changeCipher(direction: Direction, view: View): void {
    if (this.#handshake?.version === '1.3') return;
    this.#encrypted[direction] = true;
    if (this.#encrypted[opposite(direction)]) this.#established(view);
  }

  #data(direction: Direction, view: View, length: number): number {
    this.#encrypted[direction] = true;
    if (this.#handshake === null) return length; // picked up in the middle
    if (direction !== this.#handshake.client || !this.#handshake.has_response) return length; // early data (RFC 8446 2.3)
    this.#established(view);
    return Parse.done;
  }

  #established(view: View): void {
    const exchange = this.#handshake;
    if (!exchange?.has_response || exchange.state !== ExchangeState.open) return;
    if (exchange.has_request) {
      const handshakeUs = Math.max(0, view.timeAt(view.start) - exchange.start_us);
      exchange.attribute('flowloom.tls.handshake_us', handshakeUs);
    }
    this.#context.session.finish(exchange);
  }

  /** `AlertLevel (8), AlertDescription (8)`; longer ones are encrypted. */
  #alert(direction: Direction, view: View, length: number, fragment: number): void {
    const at = view.start + RECORD_HEADER_BYTES;
    const exchange = this.#handshake;
    if (fragment !== 2 || at + 2 > view.end || exchange === null || exchange.state !== ExchangeState.open) return;
    const byClient = direction === exchange.client;
    if (!byClient && !exchange.has_response) this.#context.session.response(direction, view, length);
    describeAlert(exchange, view.bytes[at + 1], byClient);
    if (exchange.response_code === '') return; // only a farewell
    if (exchange.has_response) this.#context.session.finish(exchange);
    else this.#context.session.giveUp(exchange, exchange.response_status);
  }

  #ssl2(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (!isSsl2Hello(bytes, start, end)) return Parse.lost;
    const length = ssl2Length(bytes, start);
    const exchange = this.#begin(direction, view, length);
    exchange.request_type = 'ClientHello';
    exchange.version = versionName(ssl2Version(bytes, start));
    return length;
  }
}
