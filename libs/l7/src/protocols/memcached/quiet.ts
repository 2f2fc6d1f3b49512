import type { Direction } from '../../direction.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { Session } from '../../session/session.ts';

/** What is remembered of a request until its response. */
export interface Asked {
  /** Text: the command. Binary: the name of the operation. */
  readonly command: string;
  /** Binary protocol. */
  readonly opaque: number;
  /** The server stays silent if all goes well, or in case of a miss. */
  readonly quiet: boolean;
}

/**
 * Finishes the quiet requests that wait in front of the one which a response belongs to: the server answers in order, so
 * that it had nothing to say to them. `answers` tells whether the response may belong to a request.
 */
export function passQuiet(session: Session, client: Direction, answers: (asked: Asked) => boolean): void {
  for (let exchange = session.open(client); exchange !== undefined; exchange = session.open(client)) {
    const asked = exchange.note as Asked | undefined;
    if (!asked?.quiet || exchange.has_response || answers(asked)) return;
    finishQuiet(session, exchange);
  }
}

function finishQuiet(session: Session, exchange: Exchange): void {
  exchange.is_one_way = true;
  exchange.response_status = 'ok';
  session.finish(exchange);
}
