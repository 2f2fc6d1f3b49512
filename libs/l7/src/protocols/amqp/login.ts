import type { Direction } from '../../direction.ts';
import { View } from '../../engine/view.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { Session } from '../../session/session.ts';

/**
 * Connection.StartOk has the credentials. As a method it answers the server's Start, so it is a record of its own only if the server
 * refuses it: with Connection.Close where the client can read that (capability `authentication_failure_close`), else by
 * closing the connection (AMQP 0-9-1 section 2.2.4; RabbitMQ, "Authentication failure notifications").
 */
export class Login {
  readonly client: Direction;
  readonly #length: number;
  readonly #at = new View();

  constructor(client: Direction, view: View, length: number) {
    this.client = client;
    this.#length = length;
    this.#at.end = length;
    this.#at.timeUs = view.timeAt(view.start);
    this.#at.endSeq = view.seqAt(view.start) + length;
  }

  /** Reports it as an open request, since it was refused. */
  refused(session: Session, id: number): Exchange {
    const exchange = session.request(this.client, this.#at, this.#length, id);
    exchange.version = '0-9-1';
    exchange.request_type = exchange.endpoint = 'Connection.StartOk';
    exchange.protocol_request_id = '0';
    return exchange;
  }
}
