import { messagingOperationOf } from '@flowloom/otlp';
import { Chains } from './chains.ts';
import { Exchange } from './exchange.ts';
import { mix } from './hash.ts';
import type { Observation } from './observation.ts';
import { canBeParent } from './path.ts';

/** Both sequence numbers equal: clocks of two hosts may differ by as much. */
export const STRONG_TOLERANCE_US = 60e6;
/** One number or a 16-bit id only. */
const WEAK_TOLERANCE_US = 2e6;

/** Most open exchanges of one number that an observation is compared with: else equal numbers would cost their square. */
const MAX_ALIKE = 32;

/**
 * The open exchanges. Observations are of one exchange if they have the same protocol and the same sequence numbers of
 * request and response (which NAT, load balancers at layer 4 and tunnels keep; RFC 9293 3.4) and overlap in time; on one
 * connection the request's is enough. Without
 * TCP the protocol's own id and question stand for them, and without that only the capturer's request id.
 */
export class ExchangeTable {
  /** Hashes are seeded, so that whoever chooses numbers and ids cannot make them collide. */
  readonly #seed = (Math.random() * 2 ** 32) | 0;
  /** By the number that all observations of one share. */
  readonly #byNumber = new Chains<Exchange>();
  /** What other requests may name as their parent, by its request id. */
  readonly #parents = new Chains<Observation>();

  get size(): number {
    return this.#byNumber.size;
  }

  /** The exchange of this observation, new or joined; undefined if it holds this very observation already. */
  join(observation: Observation): Exchange | undefined {
    const number = numberOf(observation);
    const hash = typeof number === 'number' ? this.#hash(number, 0) : this.#hashOfText(number);
    let exchange: Exchange | undefined;
    let gap = Number.POSITIVE_INFINITY;
    let seen = 0;
    for (let one = this.#byNumber.first(hash); one !== undefined && seen < MAX_ALIKE; one = one.next) {
      if (one.number !== number) continue;
      seen++;
      const fit = fits(one, observation);
      if (fit === Fit.isThis) return undefined;
      const distance = Math.abs(one.startUs - observation.start_us);
      if (fit === Fit.joins && distance < gap) {
        exchange = one;
        gap = distance;
      }
    }
    if (exchange === undefined) {
      exchange = new Exchange(number, hash, observation, messagingOperationOf(observation));
      this.#byNumber.add(exchange);
    } else exchange.add(observation);
    if (observation.hasId && canBeParent(observation)) {
      observation.exchange = exchange;
      observation.hash = this.#hash(observation.idHigh, observation.idLow);
      this.#parents.add(observation);
    }
    return exchange;
  }

  /** The exchange that has an observation of this request id, given as its two words. */
  byRequestId(high: number, low: number): Exchange | undefined {
    let one = this.#parents.first(this.#hash(high, low));
    while (one !== undefined && (one.idHigh !== high || one.idLow !== low)) one = one.next;
    return one?.exchange;
  }

  /** Takes out an exchange that is in. */
  remove(exchange: Exchange): void {
    this.#byNumber.remove(exchange);
    for (const observation of exchange.observations) {
      if (observation.exchange === undefined) continue;
      observation.exchange = undefined;
      this.#parents.remove(observation);
    }
  }

  #hash(high: number, low: number): number {
    return mix(Math.imul(high ^ this.#seed, 0x9e3779b1) ^ low);
  }

  #hashOfText(text: string): number {
    let hash = this.#seed;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return this.#hash(hash, text.length);
  }
}

function numberOf(row: Observation): number | string {
  if (row.req_tcp_seq !== 0) return row.req_tcp_seq | 0;
  if (row.resp_tcp_seq !== 0) return `r${row.resp_tcp_seq}`;
  return row.protocol_request_id || row.request_id;
}

/** Whether what has to be equal in all observations of an exchange is, of two rows that share their number. */
function sameRequest(a: Observation, b: Observation): boolean {
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

function samePlace(a: Observation, b: Observation): boolean {
  return a.observation_point === b.observation_point && a.agent === b.agent && a.interface === b.interface;
}

/** Whether both are the same bytes of one connection: who lost some of what followed may take another answer for theirs. */
function isSameQuestion(a: Observation, b: Observation): boolean {
  return a.req_tcp_seq !== 0 && a.req_tcp_seq === b.req_tcp_seq && a.isSameConnection(b);
}

/** `isThis`: the exchange holds this very row. */
const Fit = { apart: 0, joins: 1, isThis: 2 } as const;
type Fit = (typeof Fit)[keyof typeof Fit];

function fits(exchange: Exchange, row: Observation): Fit {
  let fit: Fit = Fit.joins;
  for (const one of exchange.observations) {
    if (!samePlace(one, row)) continue;
    if (one.hasIdOf(row)) return Fit.isThis;
    // One interface sees one exchange once: a second row from the same place is another exchange.
    fit = Fit.apart;
  }
  if (fit === Fit.apart || !sameRequest(exchange.first, row)) return Fit.apart;
  const both = exchange.responseSeq !== 0 && row.resp_tcp_seq !== 0;
  const alike = exchange.responseSeq === row.resp_tcp_seq;
  if (both && !alike && !isSameQuestion(exchange.first, row)) return Fit.apart;
  const tolerance = both && alike ? STRONG_TOLERANCE_US : WEAK_TOLERANCE_US;
  const isApart = row.start_us > exchange.endUs + tolerance || row.end_us < exchange.startUs - tolerance;
  return isApart ? Fit.apart : Fit.joins;
}
