import { type Direction, opposite } from '../../direction.ts';
import { foldPath } from '../../endpoint/fold-path.ts';
import type { View } from '../../engine/view.ts';
import { type Conversation, type ConversationContext, Parse } from '../../protocol.ts';
import type { Exchange } from '../../session/exchange.ts';
import { LazyMap } from '../../session/lazy-map.ts';
import { bodyOf, channelOf, frameLength, HEADER_BYTES, isHeader10, PREFIX } from './frame.ts';
import { Links } from './links.ts';
import { readMessage } from './message.ts';
import { Code, Performative } from './performatives.ts';

/** So much of a frame is looked at: a performative, and a message up to its body. */
const MAX_HEAD = 8 * 1024;
/** Deliveries that one disposition settles, looked for one by one. */
const MAX_SETTLED = 4096;
const DELIVERIES = 2 ** 32;
const MAX_CHANNELS = 1024;

const performative = new Performative();

/**
 * AMQP 1.0: both ends are equal. Whoever opens, begins, attaches, detaches, ends or closes first asks, and the same performative
 * of the other end answers. A transfer is answered by the disposition that settles it, or by none if it is sent settled.
 */
export class Amqp1Conversation implements Conversation {
  readonly #context: ConversationContext;
  readonly #links: readonly [Links, Links] = [new Links(), new Links()];
  /** Channels of a direction, by that of the other end. */
  readonly #remote: readonly [LazyMap<number, number>, LazyMap<number, number>] = [
    new LazyMap(MAX_CHANNELS),
    new LazyMap(MAX_CHANNELS),
  ];
  #client: Direction | -1 = -1;
  #host = '';
  /** Something before what was seen last is missing: the start of the connection, or what lay in a gap. */
  #isMidStream = true;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const { bytes, start, end } = view;
    if (view.length < PREFIX) return Parse.needMore;
    if (bytes[start] === 0x41) {
      if (!isHeader10(bytes, start)) return Parse.lost;
      if (this.#client === -1) this.#client = direction;
      this.#isMidStream = false;
      return HEADER_BYTES;
    }
    const length = frameLength(bytes, start);
    if (length < 0) return Parse.lost;
    if (view.length < Math.min(length, MAX_HEAD) && view.missing === 0) return Parse.needMore;
    const body = bodyOf(bytes, start);
    const last = Math.min(end, start + length);
    if (body >= last) return length; // a heartbeat
    if (!performative.read(bytes, body, last)) return view.missing > 0 ? length : Parse.lost;
    this.#frame(direction, view, length, channelOf(bytes, start), last);
    return length;
  }

  gap(direction: Direction): boolean {
    this.#isMidStream = true;
    for (const exchange of this.#links[direction].drain()) this.#context.session.finish(exchange);
    return false;
  }

  close(): void {
    this.gap(0);
    this.gap(1);
  }

  #frame(direction: Direction, view: View, length: number, channel: number, end: number): void {
    const p = performative;
    switch (p.code) {
      case Code.open:
        this.#host ||= p.name;
        this.#both(direction, view, length, 'open', '', 'open', 0);
        break;
      case Code.begin:
        this.#begin(direction, view, length, channel);
        break;
      case Code.attach:
        this.#attach(direction, view, length, channel);
        break;
      case Code.transfer:
        this.#transfer(direction, view, length, channel, end);
        break;
      case Code.disposition:
        if (p.isReceiver) this.#disposition(direction, view, length, channel);
        break;
      case Code.detach:
        this.#detach(direction, view, length, channel);
        break;
      case Code.end:
        this.#both(direction, view, length, 'end', '', `end ${this.#peerOf(direction, channel)}`, channel);
        break;
      case Code.close:
        this.#both(direction, view, length, 'close', '', 'close', 0);
        break;
      case Code.init:
        this.#both(direction, view, length, 'sasl-init', p.name, 'sasl', 0);
        break;
      case Code.outcome:
        this.#saslOutcome(direction, view, length);
        break;
    }
  }

  /** What either end says once: the first to say it asks, the other one answers. */
  #both(
    direction: Direction,
    view: View,
    length: number,
    type: string,
    resource: string,
    id: string,
    channel: number,
  ): Exchange {
    const { session } = this.#context;
    const { outcome } = performative;
    const asked = session.open(opposite(direction), id) !== undefined;
    if (asked || this.#answersUnseen(direction)) {
      const answered = session.response(direction, view, length, id);
      if (!asked) this.#describe(answered, type, resource);
      answered.response_status = 'ok';
      if (outcome.code !== '') conclude(answered);
      session.finish(answered);
      return answered;
    }
    const exchange = session.request(direction, view, length, id);
    this.#describe(exchange, type, resource);
    exchange.protocol_request_id = String(channel);
    if (outcome.code !== '') exchange.response_exception = outcome.exception || outcome.code; // why it closes
    return exchange;
  }

  /**
   * Its request was lost, or passed before the capture began: a begin names the channel that it answers, and containers that wait for
   * connections hardly ever open, attach or close anything of their own accord but to say what went wrong.
   */
  #answersUnseen(direction: Direction): boolean {
    const { code, remoteChannel, outcome } = performative;
    if (code === Code.begin && remoteChannel >= 0) return true;
    return this.#isMidStream && direction !== this.#guessClient() && outcome.code === '';
  }

  #guessClient(): Direction {
    const { ports } = this.#context;
    if (this.#client === -1) this.#client = ports[0] >= ports[1] ? 0 : 1;
    return this.#client;
  }

  #describe(exchange: Exchange, type: string, resource: string): void {
    exchange.version = '1.0.0';
    exchange.request_type = type;
    exchange.request_domain = this.#host;
    exchange.request_resource = resource;
    exchange.endpoint = resource === '' || type === 'sasl-init' ? type : foldPath(resource);
  }

  #begin(direction: Direction, view: View, length: number, channel: number): void {
    const { remoteChannel } = performative;
    const answers = remoteChannel >= 0;
    if (answers) {
      this.#remote[direction].set(channel, remoteChannel);
      this.#remote[opposite(direction)].set(remoteChannel, channel);
    }
    this.#both(direction, view, length, 'begin', '', `begin ${answers ? remoteChannel : channel}`, channel);
  }

  #attach(direction: Direction, view: View, length: number, channel: number): void {
    const { name, handle, isReceiver, source, target } = performative;
    // Where messages go to the server, it is the target that names a queue; else the source.
    const toServer = (direction === this.#guessClient()) !== isReceiver;
    const address = (toServer ? target : source) || (toServer ? source : target);
    const exchange = this.#both(direction, view, length, 'attach', address, `attach ${name}`, channel);
    // Who refuses a link answers without an address.
    this.#links[direction].attach(channel, handle, name, address || exchange.request_resource);
  }

  /** Paired by the name of the link; where an end's attach was not seen, by the session. */
  #detach(direction: Direction, view: View, length: number, channel: number): void {
    const { handle } = performative;
    const link = this.#links[direction].get(channel, handle);
    const ofSession = `detach in ${direction === this.#guessClient() ? channel : this.#peerOf(direction, channel)}`;
    const ofLink = link === undefined ? ofSession : `detach ${link.name}`;
    const isNamed = this.#context.session.open(opposite(direction), ofSession) === undefined;
    this.#both(direction, view, length, 'detach', link?.address ?? '', isNamed ? ofLink : ofSession, channel);
    this.#links[direction].detach(channel, handle);
  }

  #transfer(direction: Direction, view: View, length: number, channel: number, end: number): void {
    const { session, options } = this.#context;
    const p = performative;
    const link = this.#links[direction].get(channel, p.handle);
    let exchange = link?.passing ?? null;
    if (exchange === null) {
      if (p.deliveryId < 0) return; // the rest of a delivery whose start was not seen
      exchange = session.ask(!p.settled, direction, view, length, channel * DELIVERIES + p.deliveryId);
      this.#describe(exchange, 'transfer', link?.address ?? '');
      exchange.protocol_request_id = String(p.deliveryId);
      readMessage(exchange, view.bytes, p.end, end, options);
      if (exchange.request_resource !== '') exchange.endpoint = foldPath(exchange.request_resource);
    } else session.more(direction, exchange, view, length);
    if (link !== undefined) link.passing = p.more ? exchange : null;
    if (!p.more && exchange.is_one_way) session.finish(exchange);
  }

  /** Settles, or tells the outcome of, a range of deliveries of the other end. */
  #disposition(direction: Direction, view: View, length: number, channel: number): void {
    const { session } = this.#context;
    const { deliveryId, last, settled, outcome } = performative;
    if (deliveryId < 0 || (outcome.code === '' && !settled)) return;
    const base = this.#peerOf(direction, channel) * DELIVERIES;
    const to = Math.min(last < 0 ? deliveryId : last, deliveryId + MAX_SETTLED);
    let counted = length;
    for (let delivery = deliveryId; delivery <= to; delivery++) {
      if (session.open(opposite(direction), base + delivery) === undefined) continue;
      const exchange = session.response(direction, view, counted, base + delivery);
      counted = 0;
      if (outcome.code === '') exchange.response_status = 'ok';
      else conclude(exchange);
      session.finish(exchange);
    }
  }

  #saslOutcome(direction: Direction, view: View, length: number): void {
    const { session } = this.#context;
    const exchange = session.response(direction, view, length, 'sasl');
    if (!exchange.has_request) this.#describe(exchange, 'sasl-init', '');
    const { saslCode } = performative;
    exchange.response_code = saslCode < 0 ? '' : String(saslCode);
    exchange.response_status = saslCode === 0 ? 'ok' : saslCode === 1 ? 'client_error' : 'server_error';
    session.finish(exchange);
  }

  /** Channel of the other end in the same session. */
  #peerOf(direction: Direction, channel: number): number {
    return this.#remote[direction].get(channel) ?? channel;
  }
}

function conclude(exchange: Exchange): void {
  const { outcome } = performative;
  exchange.response_code = outcome.code;
  exchange.response_status = outcome.status;
  exchange.response_exception = outcome.exception;
}
