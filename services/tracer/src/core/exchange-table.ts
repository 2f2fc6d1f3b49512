import { messagingOperationOf } from '@flowloom/otlp';
import { Exchange } from './exchange.ts';
import { canBeParent, type Observation } from './observation.ts';
import type { ObservedRow } from './observed-row.ts';

/** Both sequence numbers equal: clocks of two hosts may differ by as much. */
export const STRONG_TOLERANCE_US = 60e6;
/** One number or a 16-bit id only. */
const WEAK_TOLERANCE_US = 2e6;

/** Most open exchanges of one number that an observation is compared with: else equal numbers would cost their square. */
const MAX_ALIKE = 32;

/**
 * The open exchanges. Observations are of one exchange if they have the same protocol and the same sequence numbers of
 * request and response (which NAT, load balancers at layer 4 and tunnels keep; RFC 9293 3.4) and overlap in time. Without
 * TCP the protocol's own id and question stand for them, and without that only the capturer's request id.
 */
export class ExchangeTable {
  /** The youngest exchange by the number that all observations of it share: found without making a text for every row. */
  readonly #byNumber = new Map<number | string, Exchange>();
  readonly #byRequestId = new Map<string, Exchange>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The exchange of this observation, new or joined; undefined if it holds this very observation already. */
  join(observation: Observation): Exchange | undefined {
    const { row } = observation;
    const number = numberOf(row);
    const youngest = this.#byNumber.get(number);
    let exchange: Exchange | undefined;
    let gap = Number.POSITIVE_INFINITY;
    let seen = 0;
    for (let one = youngest; one !== undefined && seen < MAX_ALIKE; one = one.older, seen++) {
      const fit = fits(one, row);
      if (fit === Fit.isThis) return undefined;
      const distance = Math.abs(one.startUs - row.start_us);
      if (fit === Fit.joins && distance < gap) {
        exchange = one;
        gap = distance;
      }
    }
    if (exchange === undefined) {
      exchange = new Exchange(number, joinKey(row), messagingOperationOf(row));
      if (youngest) youngest.younger = exchange;
      exchange.older = youngest;
      this.#byNumber.set(number, exchange);
      this.#size++;
    }
    exchange.add(observation);
    if (canBeParent(observation)) this.#byRequestId.set(row.request_id, exchange);
    return exchange;
  }

  byRequestId(requestId: string): Exchange | undefined {
    return this.#byRequestId.get(requestId);
  }

  /** Takes out an exchange that is in. */
  remove(exchange: Exchange): void {
    const { older, younger } = exchange;
    if (older) older.younger = younger;
    if (younger) younger.older = older;
    else if (older) this.#byNumber.set(exchange.number, older);
    else this.#byNumber.delete(exchange.number);
    exchange.older = exchange.younger = undefined;
    for (const observation of exchange.observations) {
      if (!canBeParent(observation)) continue;
      const { request_id } = observation.row;
      if (this.#byRequestId.get(request_id) === exchange) this.#byRequestId.delete(request_id);
    }
    this.#size--;
  }
}

/** Small integers are the fastest keys of a Map. */
function numberOf(row: ObservedRow): number | string {
  if (row.req_tcp_seq !== 0) return row.req_tcp_seq | 0;
  if (row.resp_tcp_seq !== 0) return `r${row.resp_tcp_seq}`;
  return row.protocol_request_id || row.request_id;
}

/** What has to be equal in all observations of an exchange, as one text: names it in the link store too. */
function joinKey(row: ObservedRow): string {
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
function sameRequest(a: ObservedRow, b: ObservedRow): boolean {
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

function samePlace(a: ObservedRow, b: ObservedRow): boolean {
  return a.observation_point === b.observation_point && a.agent === b.agent && a.interface === b.interface;
}

/** `isThis`: the exchange holds this very row. */
const Fit = { apart: 0, joins: 1, isThis: 2 } as const;
type Fit = (typeof Fit)[keyof typeof Fit];

function fits(exchange: Exchange, row: ObservedRow): Fit {
  let fit: Fit = Fit.joins;
  for (const one of exchange.observations) {
    if (!samePlace(one.row, row)) continue;
    if (one.row.hasIdOf(row)) return Fit.isThis;
    // One interface sees one exchange once: a second row from the same place is another exchange.
    fit = Fit.apart;
  }
  if (fit === Fit.apart || !sameRequest(exchange.first.row, row)) return Fit.apart;
  const both = exchange.responseSeq !== 0 && row.resp_tcp_seq !== 0;
  if (both && exchange.responseSeq !== row.resp_tcp_seq) return Fit.apart;
  const tolerance = both ? STRONG_TOLERANCE_US : WEAK_TOLERANCE_US;
  const isApart = row.start_us > exchange.endUs + tolerance || row.end_us < exchange.startUs - tolerance;
  return isApart ? Fit.apart : Fit.joins;
}
