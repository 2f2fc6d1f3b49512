import type { RequestRow, Side } from '@flowloom/otlp';
import { Batch, idText, RowCopier, taggedRequest } from '@flowloom/records';
import type { Exchange } from './exchange.ts';
import { cachedIpText } from './ip-texts.ts';
import { type Origin, type Place, type Requests, Rows } from './rows.ts';

/**
 * One row: a request as one observation point saw it. It is read where it lies in its batch, as most fields are looked at
 * once, when the span is written. The batch stays as long as one of its rows does; what has to wait long `move`s into a batch
 * of its own.
 */
export class Observation implements RequestRow {
  #rows: Rows;
  #at: number;
  /** Place on the way from client to server. */
  readonly rank: number;
  /** Whose table finds it by its request id, and by which number; see `Chains`. */
  exchange: Exchange | undefined;
  hash = 0;
  previous: Observation | undefined;
  next: Observation | undefined;

  constructor(rows: Rows, at: number) {
    this.#rows = rows;
    this.#at = at;
    this.rank = rows.rank(at);
  }

  get origin(): Origin | undefined {
    return this.#rows.origin;
  }

  /** It carries something that other requests of one cause may carry too. */
  get hasToken(): boolean {
    return this.trace_id !== '' || this.x_request_id !== '' || this.x_request_id_response !== '';
  }

  /** Whether both are of the same request id, without making texts of them. */
  hasIdOf(other: Observation): boolean {
    const own = this.#rows.columns.request_id.values;
    const others = other.#rows.columns.request_id.values;
    const [a, b] = [2 * this.#at, 2 * other.#at];
    return own[a] === others[b] && own[a + 1] === others[b + 1];
  }

  /** Whether both are of the same two ends. */
  isSameConnection(other: Observation): boolean {
    return (
      isSameIp(this.#rows.columns.client_ip.values, this.#at, other.#rows.columns.client_ip.values, other.#at) &&
      isSameIp(this.#rows.columns.server_ip.values, this.#at, other.#rows.columns.server_ip.values, other.#at) &&
      this.client_port === other.client_port &&
      this.server_port === other.server_port
    );
  }

  /** Whether what a hop's span tells of its network is the same of both. */
  isSameHop(other: Observation): boolean {
    return (
      this.isSameConnection(other) &&
      this.protocol === other.protocol &&
      this.transport === other.transport &&
      this.version === other.version &&
      this.request_domain === other.request_domain &&
      this.process_id === other.process_id &&
      this.thread_id === other.thread_id &&
      this.process === other.process &&
      this.container_id === other.container_id
    );
  }

  /** The words of the request's id, signed. */
  get idHigh(): number {
    return this.#rows.columns.request_id.values[2 * this.#at] | 0;
  }

  get idLow(): number {
    return this.#rows.columns.request_id.values[2 * this.#at + 1] | 0;
  }

  get hasId(): boolean {
    return (this.idHigh | this.idLow) !== 0;
  }

  get flowHigh(): number {
    return this.#rows.columns.flow_id.values[2 * this.#at] | 0;
  }

  get flowLow(): number {
    return this.#rows.columns.flow_id.values[2 * this.#at + 1] | 0;
  }

  /** A hash of where the row was seen. */
  get place(): Place {
    return this.#rows.place(this.#at);
  }

  get client(): Side {
    return this.#rows.clients.read(this.#at);
  }

  get server(): Side {
    return this.#rows.servers.read(this.#at);
  }

  get request_id(): string {
    return idText(this.#rows.columns.request_id.values, this.#at);
  }

  get flow_id(): string {
    return idText(this.#rows.columns.flow_id.values, this.#at);
  }

  get start_us(): number {
    return this.#rows.columns.start_us.values[this.#at];
  }

  get end_us(): number {
    return this.#rows.columns.end_us.values[this.#at];
  }

  get agent(): string {
    return this.#rows.columns.agent.get(this.#at);
  }

  get interface(): string {
    return this.#rows.columns.interface.get(this.#at);
  }

  get observation_point(): string {
    return this.#rows.columns.observation_point.get(this.#at);
  }

  get transport(): string {
    return this.#rows.columns.transport.get(this.#at);
  }

  get protocol(): string {
    return this.#rows.columns.protocol.get(this.#at);
  }

  get version(): string {
    return this.#rows.columns.version.get(this.#at);
  }

  get is_tls(): boolean {
    return this.#rows.columns.is_tls.values[this.#at] !== 0;
  }

  get request_type(): string {
    return this.#rows.columns.request_type.get(this.#at);
  }

  get request_domain(): string {
    return this.#rows.columns.request_domain.values[this.#at];
  }

  get request_resource(): string {
    return this.#rows.columns.request_resource.values[this.#at];
  }

  get endpoint(): string {
    return this.#rows.columns.endpoint.get(this.#at);
  }

  get protocol_request_id(): string {
    return this.#rows.columns.protocol_request_id.values[this.#at];
  }

  get response_code(): string {
    return this.#rows.columns.response_code.get(this.#at);
  }

  get response_status(): string {
    return this.#rows.columns.response_status.get(this.#at);
  }

  get response_exception(): string {
    return this.#rows.columns.response_exception.values[this.#at];
  }

  get response_result(): string {
    return this.#rows.columns.response_result.values[this.#at];
  }

  get request_bytes(): number {
    return this.#rows.columns.request_bytes.values[this.#at];
  }

  get response_bytes(): number {
    return this.#rows.columns.response_bytes.values[this.#at];
  }

  get rows_affected(): number {
    return this.#rows.columns.rows_affected.values[this.#at];
  }

  get is_one_way(): boolean {
    return this.#rows.columns.is_one_way.values[this.#at] !== 0;
  }

  get has_request(): boolean {
    return this.#rows.columns.has_request.values[this.#at] !== 0;
  }

  get has_response(): boolean {
    return this.#rows.columns.has_response.values[this.#at] !== 0;
  }

  get req_tcp_seq(): number {
    return this.#rows.columns.req_tcp_seq.values[this.#at];
  }

  get resp_tcp_seq(): number {
    return this.#rows.columns.resp_tcp_seq.values[this.#at];
  }

  get trace_id(): string {
    return this.#rows.columns.trace_id.values[this.#at];
  }

  get span_id(): string {
    return this.#rows.columns.span_id.values[this.#at];
  }

  get trace_sampled(): boolean {
    return this.#rows.columns.trace_sampled.values[this.#at] !== 0;
  }

  get x_request_id(): string {
    return this.#rows.columns.x_request_id.values[this.#at];
  }

  get x_request_id_response(): string {
    return this.#rows.columns.x_request_id_response.values[this.#at];
  }

  get parent_request_id(): string {
    return idText(this.#rows.columns.parent_request_id.values, this.#at);
  }

  /** The words of the parent's id, signed; 0 and 0 without one. */
  get parentHigh(): number {
    return this.#rows.columns.parent_request_id.values[2 * this.#at] | 0;
  }

  get parentLow(): number {
    return this.#rows.columns.parent_request_id.values[2 * this.#at + 1] | 0;
  }

  get link(): string {
    return this.#rows.columns.link.get(this.#at);
  }

  get link_rule(): string {
    return this.#rows.columns.link_rule.get(this.#at);
  }

  get link_confidence(): number {
    return this.#rows.columns.link_confidence.values[this.#at];
  }

  get process_id(): number {
    return this.#rows.columns.process_id.values[this.#at];
  }

  get thread_id(): number {
    return this.#rows.columns.thread_id.values[this.#at];
  }

  get process(): string {
    return this.#rows.columns.process.get(this.#at);
  }

  get container_id(): string {
    return this.#rows.columns.container_id.get(this.#at);
  }

  get client_ip(): string {
    return cachedIpText(this.#rows.columns.client_ip.values, this.#at);
  }

  get client_port(): number {
    return this.#rows.columns.client_port.values[this.#at];
  }

  get server_ip(): string {
    return cachedIpText(this.#rows.columns.server_ip.values, this.#at);
  }

  get server_port(): number {
    return this.#rows.columns.server_port.values[this.#at];
  }

  get attributes(): string {
    return this.#rows.columns.attributes.values[this.#at];
  }

  /** Puts the rows into batches of their own, one for each origin, so that the ones that they came with may go. */
  static move(rows: readonly Observation[]): void {
    for (const [origin, own] of Map.groupBy(rows, (row) => row.origin)) Observation.#moveTo(origin, own);
  }

  static #moveTo(origin: Origin | undefined, rows: readonly Observation[]): void {
    const batch: Requests = new Batch(taggedRequest, rows.length);
    for (const row of rows) copier.append(row.#rows.batch, batch, row.#at, row.#at + 1);
    const moved = new Rows(batch, rows[0].#rows.sides, origin);
    for (const [at, row] of rows.entries()) {
      row.#rows = moved;
      row.#at = at;
    }
  }
}

function isSameIp(a: Uint32Array, atA: number, b: Uint32Array, atB: number): boolean {
  const [i, j] = [4 * atA, 4 * atB];
  return a[i + 3] === b[j + 3] && a[i + 2] === b[j + 2] && a[i + 1] === b[j + 1] && a[i] === b[j];
}

const copier = new RowCopier(taggedRequest, taggedRequest);
