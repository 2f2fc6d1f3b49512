import type { RequestRow } from '@flowloom/otlp';
import { type Batch, idText, type SideTag, sideTags, type taggedRequest } from '@flowloom/records';
import { cachedIpText } from './ip-texts.ts';
import { type Side, SideReader } from './side-reader.ts';

type Columns = Batch<typeof taggedRequest.fields>['columns'];

/**
 * One row, copied out of its batch so that the batch may go. Written out field by field: all rows get one hidden class,
 * and this is the hottest code of the tracer. The tags of both sides are shared between rows and read through getters.
 * MAC addresses are not needed and stay ''.
 */
class ObservedRow {
  readonly request_id;
  readonly flow_id;
  readonly start_us;
  readonly end_us;
  readonly agent;
  readonly interface;
  readonly source;
  readonly observation_point;
  readonly transport;
  readonly protocol;
  readonly version;
  readonly is_tls;
  readonly request_type;
  readonly request_domain;
  readonly request_resource;
  readonly endpoint;
  readonly protocol_request_id;
  readonly response_code;
  readonly response_status;
  readonly response_exception;
  readonly response_result;
  readonly request_bytes;
  readonly response_bytes;
  readonly rows_affected;
  readonly is_one_way;
  readonly has_request;
  readonly has_response;
  readonly req_tcp_seq;
  readonly resp_tcp_seq;
  readonly trace_id;
  readonly span_id;
  readonly trace_sampled;
  readonly x_request_id;
  readonly x_request_id_response;
  readonly parent_request_id;
  readonly link;
  readonly link_rule;
  readonly link_confidence;
  readonly process_id;
  readonly thread_id;
  readonly process;
  readonly client_ip;
  readonly client_port;
  readonly client_mac;
  readonly server_ip;
  readonly server_port;
  readonly server_mac;
  readonly vlan;
  readonly tunnel_type;
  readonly tunnel_id;
  readonly attributes;
  readonly tag_state;
  readonly client: Side;
  readonly server: Side;

  constructor(c: Columns, i: number, client: Side, server: Side) {
    this.request_id = idText(c.request_id.values, i);
    this.flow_id = idText(c.flow_id.values, i);
    this.start_us = c.start_us.values[i];
    this.end_us = c.end_us.values[i];
    this.agent = c.agent.get(i);
    this.interface = c.interface.get(i);
    this.source = c.source.get(i);
    this.observation_point = c.observation_point.get(i);
    this.transport = c.transport.get(i);
    this.protocol = c.protocol.get(i);
    this.version = c.version.get(i);
    this.is_tls = c.is_tls.values[i] !== 0;
    this.request_type = c.request_type.get(i);
    this.request_domain = c.request_domain.values[i];
    this.request_resource = c.request_resource.values[i];
    this.endpoint = c.endpoint.get(i);
    this.protocol_request_id = c.protocol_request_id.values[i];
    this.response_code = c.response_code.get(i);
    this.response_status = c.response_status.get(i);
    this.response_exception = c.response_exception.values[i];
    this.response_result = c.response_result.values[i];
    this.request_bytes = c.request_bytes.values[i];
    this.response_bytes = c.response_bytes.values[i];
    this.rows_affected = c.rows_affected.values[i];
    this.is_one_way = c.is_one_way.values[i] !== 0;
    this.has_request = c.has_request.values[i] !== 0;
    this.has_response = c.has_response.values[i] !== 0;
    this.req_tcp_seq = c.req_tcp_seq.values[i];
    this.resp_tcp_seq = c.resp_tcp_seq.values[i];
    this.trace_id = c.trace_id.values[i];
    this.span_id = c.span_id.values[i];
    this.trace_sampled = c.trace_sampled.values[i] !== 0;
    this.x_request_id = c.x_request_id.values[i];
    this.x_request_id_response = c.x_request_id_response.values[i];
    this.parent_request_id = idText(c.parent_request_id.values, i);
    this.link = c.link.get(i);
    this.link_rule = c.link_rule.get(i);
    this.link_confidence = c.link_confidence.values[i];
    this.process_id = c.process_id.values[i];
    this.thread_id = c.thread_id.values[i];
    this.process = c.process.get(i);
    this.client_ip = cachedIpText(c.client_ip.values, i);
    this.client_port = c.client_port.values[i];
    this.client_mac = '';
    this.server_ip = cachedIpText(c.server_ip.values, i);
    this.server_port = c.server_port.values[i];
    this.server_mac = '';
    this.vlan = c.vlan.values[i];
    this.tunnel_type = c.tunnel_type.get(i);
    this.tunnel_id = c.tunnel_id.values[i];
    this.attributes = c.attributes.values[i];
    this.tag_state = c.tag_state.get(i);
    this.client = client;
    this.server = server;
  }
}

for (const tag of Object.keys(sideTags) as SideTag[]) {
  for (const side of ['client', 'server'] as const) {
    Object.defineProperty(ObservedRow.prototype, `${side}_${tag}`, {
      get(this: ObservedRow) {
        return this[side][tag];
      },
    });
  }
}

/** Reads the rows of one batch. */
export class RowReader {
  readonly #columns: Columns;
  readonly #clients: SideReader;
  readonly #servers: SideReader;

  constructor(batch: Batch<typeof taggedRequest.fields>) {
    this.#columns = batch.columns;
    this.#clients = new SideReader(batch, 'client');
    this.#servers = new SideReader(batch, 'server');
  }

  read(row: number): RequestRow {
    const observed = new ObservedRow(this.#columns, row, this.#clients.read(row), this.#servers.read(row));
    return observed as unknown as RequestRow;
  }
}
