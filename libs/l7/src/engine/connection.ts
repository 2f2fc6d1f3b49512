import type { Direction } from '../direction.ts';
import type { L7Options } from '../options.ts';
import type { Conversation, ConversationContext, Protocol, Transport } from '../protocol.ts';
import type { Exchange } from '../session/exchange.ts';
import { Session, type SessionEvents } from '../session/session.ts';
import type { L7Engine } from './engine.ts';
import { Tentative } from './tentative.ts';

/** How a connection is opened. */
export interface ConnectionInfo {
  readonly transport: Transport;
  /** Ports of the senders of direction 0 and 1; 0 where the transport has none. */
  readonly ports: readonly [number, number];
  /** The payload is read in the clear on its way into or out of TLS. */
  readonly isTls?: boolean;
  /** Anything the sink wants to find again: the flow. */
  readonly owner?: unknown;
}

/**
 * One connection, or pair of UDP ends: which protocol it speaks, its conversation and its session. The two kinds differ
 * in how bytes arrive.
 */
export abstract class Connection implements ConversationContext, SessionEvents {
  readonly transport: Transport;
  readonly ports: readonly [number, number];
  readonly isTls: boolean;
  readonly owner: unknown;
  readonly engine: L7Engine;
  /** True once nothing will be read any more: the caller may stop handing over payload. */
  finished = false;
  carry: unknown = undefined;
  /** Direction in which the client sends, -1 while unknown. */
  client: Direction | -1 = -1;

  protected protocol: Protocol | null = null;
  protected conversation: Conversation | null = null;
  #session: Session | null = null;
  protected tentative: Tentative | null = null;
  protected excluded: Protocol | null = null;
  protected judged = 0;
  /** Set by `switchTo` until the parser has returned. */
  protected switching: string | null | undefined = undefined;

  constructor(engine: L7Engine, info: ConnectionInfo) {
    this.engine = engine;
    this.transport = info.transport;
    this.ports = info.ports;
    this.isTls = info.isTls ?? false;
    this.owner = info.owner;
  }

  get options(): L7Options {
    return this.engine.options;
  }

  get session(): Session {
    if (this.#session === null) {
      this.#session = new Session(this.engine.waitingList(this.protocol), this.options.maxOpenPerConnection, this);
      this.#session.isTls = this.isTls;
    }
    return this.#session;
  }

  /** Name of the protocol, '' while unknown. */
  get protocolName(): string {
    return this.protocol?.name ?? '';
  }

  switchTo(protocol: string | null, carry?: unknown): void {
    this.switching = protocol;
    this.carry = carry;
  }

  asked(exchange: Exchange): void {
    if (this.tentative !== null) {
      this.tentative.asked.push(exchange);
      return;
    }
    if (this.client === -1) {
      this.client = exchange.client;
      this.engine.sink.clientIs?.(exchange.client, this);
    }
    this.engine.sink.asked?.(exchange, this);
  }

  answered(exchange: Exchange): void {
    if (this.tentative !== null) return;
    const rrtUs = exchange.has_request ? Math.max(0, exchange.responseStartUs - exchange.requestEndUs) : -1;
    this.engine.sink.answered?.(exchange, rrtUs, this);
  }

  timedOut(exchange: Exchange): void {
    this.engine.stats.timeouts++;
    this.engine.sink.timedOut?.(exchange, this);
  }

  complete(exchange: Exchange): void {
    if (this.tentative !== null) {
      this.tentative.complete.push(exchange);
      return;
    }
    this.engine.stats.requests++;
    exchange.endpoint = this.engine.endpoints.limit(exchange.protocol, exchange.endpoint);
    this.engine.sink.request(exchange, this);
  }

  /** Lets a protocol read this connection. */
  protected start(protocol: Protocol, firm: boolean): void {
    this.protocol = protocol;
    this.tentative = firm ? null : new Tentative();
    this.session.protocol = protocol.name;
    this.session.waiting = this.engine.waitingList(protocol);
    this.conversation = protocol.create(this);
    this.carry = undefined;
    if (firm) this.engine.sink.protocolIs?.(protocol.name, this);
  }

  /** Believes the verdict from now on: what was held back is reported. */
  protected believe(): void {
    const { tentative } = this;
    if (tentative === null) return;
    this.tentative = null;
    this.engine.sink.protocolIs?.(this.protocolName, this);
    for (const exchange of tentative.asked) this.asked(exchange);
    for (const exchange of tentative.complete) {
      if (exchange.has_response) this.answered(exchange);
      this.complete(exchange);
    }
  }

  /** Takes the verdict back, once: what was held back is forgotten. */
  protected disbelieve(): void {
    this.engine.stats.misjudged++;
    for (const exchange of this.tentative!.asked) this.session.forget(exchange);
    this.tentative = null;
    this.excluded = this.protocol;
    this.protocol = this.conversation = this.#session = null;
  }

  /** Stops reading. */
  protected giveUp(timeUs: number): void {
    if (this.finished) return;
    this.finished = true;
    if (this.conversation === null && this.#session === null) this.engine.stats.unknown++;
    this.conclude(timeUs);
  }

  /** Reports what is open and lets go of everything. */
  protected conclude(timeUs: number): void {
    this.finished = true;
    this.conversation?.close?.();
    this.#session?.close(timeUs);
    if (this.tentative?.plausible) this.believe();
    else if (this.tentative !== null) this.engine.stats.unknown++;
    this.tentative = null;
    this.conversation = null;
    this.#session = null;
  }
}
