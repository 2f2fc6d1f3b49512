import { EndpointLimit } from '../endpoint/endpoint-limit.ts';
import { defaultOptions, type L7Options } from '../options.ts';
import type { Protocol } from '../protocol.ts';
import { protocols as registered } from '../registry.ts';
import { WaitingList } from '../session/waiting-list.ts';
import type { Connection, ConnectionInfo } from './connection.ts';
import { DatagramConnection } from './datagram-connection.ts';
import { Judge } from './judge.ts';
import type { L7Sink } from './sink.ts';
import { L7Stats } from './stats.ts';
import { StreamConnection } from './stream-connection.ts';
import { View } from './view.ts';

/**
 * From payload to requests: opens connections, which are fed by the caller, and reports to one sink. Pure: no clock, no
 * input or output. One per thread; not re-entrant (a sink must not feed it).
 */
export class L7Engine {
  readonly options: L7Options;
  readonly sink: L7Sink;
  readonly stats = new L7Stats();
  readonly judge: Judge;
  readonly endpoints: EndpointLimit;
  /** Shared by all connections: only one is read at a time. */
  readonly view = new View();
  readonly #waiting = new Map<number, WaitingList>();

  constructor(sink: L7Sink, options: Partial<L7Options> = {}, protocols: readonly Protocol[] = registered) {
    this.sink = sink;
    this.options = { ...defaultOptions, ...options };
    this.judge = new Judge(protocols);
    this.endpoints = new EndpointLimit(this.options.maxEndpoints);
  }

  /** A TCP connection, or a stream of payload chunks from system calls. */
  openStream(info: ConnectionInfo): StreamConnection {
    this.stats.connections++;
    return new StreamConnection(this, info);
  }

  /** Datagrams between two ends. */
  openDatagrams(info: ConnectionInfo): DatagramConnection {
    this.stats.connections++;
    return new DatagramConnection(this, info);
  }

  /** Gives up requests that have waited too long. Call about once a second of event time. */
  tick(nowUs: number): void {
    let size = 0;
    for (const list of this.#waiting.values()) {
      while (list.oldest !== null && nowUs - list.oldest.start_us >= list.timeoutUs) {
        list.oldest.session!.giveUp(list.oldest, 'timeout');
      }
      size += list.size;
    }
    for (const list of this.#waiting.values()) {
      while (size > this.options.maxOpen && list.oldest !== null) {
        list.oldest.session!.giveUp(list.oldest, 'unknown');
        size--;
      }
    }
  }

  /** The list in which requests of a protocol wait for their responses. */
  waitingList(protocol: Protocol | null): WaitingList {
    const timeoutMs = protocol?.timeoutMs ?? this.options.timeoutMs;
    let list = this.#waiting.get(timeoutMs);
    if (list === undefined) {
      list = new WaitingList(timeoutMs);
      this.#waiting.set(timeoutMs, list);
    }
    return list;
  }

  /** The protocol that an operator ordered for a port of this connection. */
  orderedProtocol(connection: Connection): Protocol | undefined {
    const { decodeAs } = this.options;
    if (decodeAs.size === 0) return undefined;
    const name = decodeAs.get(connection.ports[1]) ?? decodeAs.get(connection.ports[0]);
    return name === undefined ? undefined : this.judge.named(name, connection.transport);
  }
}
