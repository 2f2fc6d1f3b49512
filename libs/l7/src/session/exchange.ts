import type { RawRequest } from '@flowloom/records';
import type { Direction } from '../direction.ts';
import type { Session } from './session.ts';
import type { WaitingList } from './waiting-list.ts';

export type Status = 'ok' | 'client_error' | 'server_error' | 'timeout' | 'unknown';

type FromPayload = Omit<
  RawRequest,
  | 'request_id'
  | 'flow_id'
  | 'agent'
  | 'interface'
  | 'source'
  | 'observation_point'
  | 'transport'
  | 'parent_request_id'
  | 'link'
  | 'link_rule'
  | 'link_confidence'
  | 'process_id'
  | 'thread_id'
  | 'process'
  | 'container_id'
  | 'client_ip'
  | 'client_port'
  | 'client_mac'
  | 'server_ip'
  | 'server_port'
  | 'server_mac'
  | 'vlan'
  | 'tunnel_type'
  | 'tunnel_id'
  | 'ovn_client_port'
  | 'ovn_server_port'
  | 'attributes'
>;

/**
 * A request and its response as far as the payload tells: a row of `requests.raw` without who, where and flow. Fields
 * carry the names and meanings of that record; absent is 0, '' or false. The conversation fills it, the session finishes
 * it, then the sink owns it.
 */
export class Exchange implements Required<FromPayload> {
  /** Direction in which the client sends. */
  client: Direction;
  protocol: string;
  version = '';
  is_tls = false;
  request_type = '';
  request_domain = '';
  request_resource = '';
  endpoint = '';
  protocol_request_id = '';
  response_code = '';
  response_status: Status = 'unknown';
  response_exception = '';
  response_result = '';
  start_us = 0;
  end_us = 0;
  request_bytes = 0;
  response_bytes = 0;
  rows_affected = 0;
  is_one_way = false;
  has_request = false;
  has_response = false;
  req_tcp_seq = 0;
  resp_tcp_seq = 0;
  trace_id = '';
  span_id = '';
  trace_sampled = false;
  x_request_id = '';
  x_request_id_response = '';
  /** Further OpenTelemetry attributes; null without. */
  attributes: Record<string, string | number> | null = null;

  /** First byte of the response, µs; 0 without. */
  responseStartUs = 0;
  /** Last byte of the request, µs. */
  requestEndUs = 0;
  /** What a conversation remembers between request and response. Not part of the record. */
  note: unknown = undefined;
  /** What the sink remembers with it. Not part of the record. */
  keep: unknown = undefined;

  // ---- kept by the session ----
  /** Key among open requests, undefined when they are paired by order. */
  id: number | string | undefined = undefined;
  /** Neighbours in the list of all requests that wait, and that list. */
  older: Exchange | null = null;
  newer: Exchange | null = null;
  waitsIn: WaitingList | null = null;
  session: Session | null = null;
  state: ExchangeState = 0;

  constructor(protocol: string, client: Direction) {
    this.protocol = protocol;
    this.client = client;
  }

  /** Adds an OpenTelemetry attribute; absent values ('' and undefined) are left out. */
  attribute(name: string, value: string | number | undefined): void {
    if (value === undefined || value === '') return;
    (this.attributes ??= {})[name] = value;
  }
}

export const ExchangeState = {
  /** Waits for its response. */
  open: 0,
  /** `finish` was called; the last bytes of its message are still to pass. */
  finishing: 1,
  /** Given to the sink. */
  emitted: 2,
} as const;
export type ExchangeState = (typeof ExchangeState)[keyof typeof ExchangeState];
