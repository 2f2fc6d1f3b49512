import type { Direction } from '../direction.ts';
import type { Exchange } from '../session/exchange.ts';
import type { Connection } from './connection.ts';

/**
 * Where an engine reports to. Called synchronously; `connection.owner` is what the caller gave when it opened the
 * connection. An exchange belongs to the sink from `request` on; in the other calls it is still being filled.
 */
export interface L7Sink {
  /** A request is complete: answered, one-way, timed out, or its connection ended. Exactly once for each. */
  request(exchange: Exchange, connection: Connection): void;
  /** A request begins: its head was read. Not called for a response without its request. */
  asked?(exchange: Exchange, connection: Connection): void;
  /**
   * A response begins. `response_status` is known by now. `rrtUs` from the last byte of the request seen so far to the
   * first byte of the response; -1 if the request was not seen.
   */
  answered?(exchange: Exchange, rrtUs: number, connection: Connection): void;
  /** A request was given up waiting for; `request` follows. */
  timedOut?(exchange: Exchange, connection: Connection): void;
  /** The payload shows which side asks. At most once per connection. */
  clientIs?(direction: Direction, connection: Connection): void;
  /** The protocol of the connection is known, or has changed. */
  protocolIs?(protocol: string, connection: Connection): void;
}
