import type { RequestRow } from '@flowloom/otlp';
import { Exchange } from './exchange.ts';
import { canBeParent, type Observation } from './observation.ts';

/** Both sequence numbers equal: clocks of two hosts may differ by as much. */
export const STRONG_TOLERANCE_US = 60e6;
/** One number or a 16-bit id only. */
const WEAK_TOLERANCE_US = 2e6;

/**
 * The open exchanges. Observations are of one exchange if they have the same protocol and the same sequence numbers of
 * request and response (which NAT, load balancers at layer 4 and tunnels keep; RFC 9293 3.4) and overlap in time. Without
 * TCP the protocol's own id and question stand for them, and without that only the capturer's request id.
 */
export class ExchangeTable {
  /** By the number that all observations of an exchange share: found without making a text for every row. */
  readonly #byNumber = new Map<number | string, Exchange[]>();
  readonly #byRequestId = new Map<string, Exchange>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The exchange of this observation, new or joined; undefined if it holds this very observation already. */
  join(observation: Observation): Exchange | undefined {
    const { row } = observation;
    const number = row.req_tcp_seq || -row.resp_tcp_seq || row.protocol_request_id || row.request_id;
    const candidates = this.#byNumber.get(number);
    let exchange: Exchange | undefined;
    if (candidates !== undefined) {
      if (candidates.some((one) => holds(one, observation))) return undefined;
      exchange = nearest(candidates, observation);
    }
    if (exchange === undefined) {
      exchange = new Exchange(number, joinKey(row));
      if (candidates) candidates.push(exchange);
      else this.#byNumber.set(number, [exchange]);
      this.#size++;
    }
    exchange.add(observation);
    if (canBeParent(observation)) this.#byRequestId.set(row.request_id, exchange);
    return exchange;
  }

  byRequestId(requestId: string): Exchange | undefined {
    return this.#byRequestId.get(requestId);
  }

  remove(exchange: Exchange): void {
    const same = this.#byNumber.get(exchange.number);
    const at = same?.indexOf(exchange) ?? -1;
    if (same === undefined || at < 0) return;
    if (same.length > 1) same.splice(at, 1);
    else this.#byNumber.delete(exchange.number);
    for (const observation of exchange.observations) {
      if (canBeParent(observation)) this.#byRequestId.delete(observation.row.request_id);
    }
    this.#size--;
  }
}

/** What has to be equal in all observations of an exchange, as one text: names it in the link store too. */
function joinKey(row: RequestRow): string {
  const { transport, protocol, protocol_request_id: id } = row;
  if (row.req_tcp_seq !== 0 || row.resp_tcp_seq !== 0) {
    const sequence = row.req_tcp_seq !== 0 ? row.req_tcp_seq : `r${row.resp_tcp_seq}`;
    return `${transport}|${protocol}|${sequence}|${id}`;
  }
  if (id !== '')
    return `${transport}|${protocol}|${id}|${row.request_type}|${row.request_domain}|${row.request_resource}`;
  return `${transport}|${protocol}|${row.request_id}`;
}

/** The same as equal join keys, of two rows that share their number. */
function sameRequest(a: RequestRow, b: RequestRow): boolean {
  if (a.protocol !== b.protocol || a.transport !== b.transport || a.protocol_request_id !== b.protocol_request_id)
    return false;
  if (a.req_tcp_seq !== 0 || a.resp_tcp_seq !== 0) return b.req_tcp_seq !== 0 || b.resp_tcp_seq !== 0;
  return (
    b.req_tcp_seq === 0 &&
    b.resp_tcp_seq === 0 &&
    a.request_type === b.request_type &&
    a.request_domain === b.request_domain &&
    a.request_resource === b.request_resource
  );
}

/** Whether the exchange has this very row. */
function holds({ observations }: Exchange, { row }: Observation): boolean {
  return observations.some((one) => samePlace(one.row, row) && one.row.request_id === row.request_id);
}

function samePlace(a: RequestRow, b: RequestRow): boolean {
  return a.observation_point === b.observation_point && a.agent === b.agent && a.interface === b.interface;
}

/** Of the exchanges that the observation may belong to, the one that began nearest to it. */
function nearest(candidates: readonly Exchange[], observation: Observation): Exchange | undefined {
  let best: Exchange | undefined;
  let bestGap = Number.POSITIVE_INFINITY;
  for (const exchange of candidates) {
    const gap = Math.abs(exchange.startUs - observation.row.start_us);
    if (gap < bestGap && fits(exchange, observation)) {
      best = exchange;
      bestGap = gap;
    }
  }
  return best;
}

function fits(exchange: Exchange, { row }: Observation): boolean {
  if (!sameRequest(exchange.first.row, row)) return false;
  const both = exchange.responseSeq !== 0 && row.resp_tcp_seq !== 0;
  if (both && exchange.responseSeq !== row.resp_tcp_seq) return false;
  const tolerance = both ? STRONG_TOLERANCE_US : WEAK_TOLERANCE_US;
  if (row.start_us > exchange.endUs + tolerance || row.end_us < exchange.startUs - tolerance) return false;
  // One interface sees one exchange once: a second row from the same place is another exchange.
  return !exchange.observations.some((one) => samePlace(one.row, row));
}
