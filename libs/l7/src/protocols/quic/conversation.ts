import { u24be } from '../../bytes/numbers.ts';
import { type Direction, opposite } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import { type Exchange, ExchangeState } from '../../session/exchange.ts';
import { describeAlert, describeClientHello, describeServerHello } from '../tls/describe.ts';
import { HandshakeType } from '../tls/handshake-messages.ts';
import { readHello } from '../tls/hello.ts';
import { CryptoStream } from './crypto-stream.ts';
import { InitialKeys } from './initial-keys.ts';
import { LongHeader, PacketKind } from './long-header.ts';
import { quicVersion } from './versions.ts';

/** TLS alerts are errors from here on (RFC 9001 4.8). */
const CRYPTO_ERROR = 0x100;
/** Packets that are decrypted in vain before the connection is left alone. */
const MAX_FAILURES = 16;

const header = new LongHeader();

/** The handshake of one QUIC connection as one record: from the client's first Initial packet to the server's. */
export class QuicConversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #streams = [new CryptoStream(), new CryptoStream()] as const;
  /** By direction. */
  readonly #keys: [InitialKeys | null, InitialKeys | null] = [null, null];
  #handshake: Exchange | null = null;
  #failures = 0;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const length = view.length + view.missing;
    const { bytes, end } = view;
    let at = view.start;
    // Packets of a datagram follow one another (RFC 9000 12.2); one with a short header is the last, and opaque.
    for (; at < end && bytes[at] >= 0x80; at = header.end) {
      if (!header.read(bytes, at, end)) return at === view.start ? Parse.lost : length;
      if (header.kind === PacketKind.versionNegotiation) return length;
      if (header.kind === PacketKind.initial) this.#initial(direction, view, at, length);
      else if (header.kind === PacketKind.retry) return length;
      if (this.#failures > MAX_FAILURES) return Parse.done;
    }
    if (at < end && this.#handshake?.has_response && direction === this.#handshake.client) return Parse.done;
    return length;
  }

  close(): void {
    if (this.#handshake?.has_response) this.#context.session.finish(this.#handshake);
  }

  #initial(direction: Direction, view: View, at: number, length: number): void {
    const exchange = this.#handshake;
    const isClient = exchange === null || exchange.client === direction; // only a client's packet opens with the keys tried first
    const frames = this.#decrypt(direction, isClient, view.bytes, at, Math.min(header.end, view.end));
    if (frames === null) this.#failures++;
    if (exchange !== null) this.#context.session.more(direction, exchange, view, at === view.start ? length : 0);
    else if (frames !== null || view.missing > 0) this.#begin(direction, view, length);
    if (frames === null) return;
    const stream = this.#streams[direction];
    stream.read(frames);
    if (isClient) this.#clientHello(stream);
    else this.#serverHello(direction, view, stream, length);
  }

  #begin(direction: Direction, view: View, length: number): void {
    const exchange = this.#context.session.request(direction, view, length);
    exchange.request_type = 'Initial';
    exchange.version = quicVersion(header.version)?.name ?? '';
    this.#handshake = exchange;
  }

  /** A Retry gives the client another id to address, from which new keys come (RFC 9001 5.2). */
  #decrypt(direction: Direction, isClient: boolean, bytes: Uint8Array, at: number, end: number): Buffer | null {
    const version = quicVersion(header.version);
    if (version === undefined) return null;
    const opened = this.#keys[direction]?.open(bytes, at, header.numberAt, end);
    if (opened || !isClient) return opened ?? null;
    const keys = new InitialKeys(version, header.destinationId, 'client');
    const frames = keys.open(bytes, at, header.numberAt, end);
    if (frames === null) return null;
    this.#keys[direction] = keys;
    this.#keys[opposite(direction)] = new InitialKeys(version, header.destinationId, 'server');
    return frames;
  }

  #clientHello(stream: CryptoStream): void {
    const exchange = this.#handshake!;
    if (exchange.request_domain !== '') return;
    const bytes = stream.bytes();
    if (bytes[0] !== HandshakeType.clientHello || bytes.length < 4) return;
    const { version } = exchange;
    describeClientHello(exchange, readHello(bytes, 4, Math.min(bytes.length, 4 + u24be(bytes, 1)), true));
    exchange.version = version;
    exchange.request_type = 'Initial';
  }

  #serverHello(direction: Direction, view: View, stream: CryptoStream, length: number): void {
    const exchange = this.#handshake!;
    if (exchange.has_response || exchange.state !== ExchangeState.open) return;
    const bytes = stream.bytes();
    const isHello = bytes[0] === HandshakeType.serverHello && bytes.length >= 4;
    if (!isHello && stream.closeCode < 0) return; // only an acknowledgement
    this.#context.session.response(direction, view, length);
    if (isHello) {
      const { version } = exchange;
      describeServerHello(exchange, readHello(bytes, 4, Math.min(bytes.length, 4 + u24be(bytes, 1)), false));
      exchange.version = version;
    } else if (stream.closeCode >= CRYPTO_ERROR) describeAlert(exchange, stream.closeCode - CRYPTO_ERROR, false);
    else if (stream.closeCode > 0) {
      exchange.response_code = String(stream.closeCode);
      exchange.response_status = 'server_error';
    }
    this.#context.session.finish(exchange);
  }
}
