import type { FlowView } from '@flowloom/flow';
import type { Exchange } from '@flowloom/l7';
import { Tunnel } from '@flowloom/packet';
import { Batch, type ColumnsOf, rawRequest } from '@flowloom/records';
import { RequestIdHash } from './request-id.ts';

export type RequestBatch = Batch<typeof rawRequest.fields>;
/** Takes a full batch over; the batch is not touched again. */
export type RequestSink = (batch: RequestBatch) => void;

type Columns = ColumnsOf<typeof rawRequest.fields>;
/** Rows for which a batch has memory at first: most seconds need no more. */
const firstRows = 64;
const tunnelNames = Object.keys(Tunnel);

/** Turns exchanges into rows of `requests.raw`, batch by batch. */
export class RequestRows {
  readonly #flows: FlowView;
  readonly #sink: RequestSink;
  readonly #rows: number;
  readonly #id = new RequestIdHash();
  #batch: RequestBatch;
  /** Rows written so far. */
  written = 0;

  /** @param rows rows of a batch */
  constructor(flows: FlowView, sink: RequestSink, rows = 1024) {
    this.#flows = flows;
    this.#sink = sink;
    this.#rows = rows;
    this.#batch = new Batch(rawRequest, firstRows);
  }

  /** Hands on what has been written. */
  flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = new Batch(rawRequest, firstRows);
    this.#sink(batch);
  }

  /** Writes an exchange that was seen in the live flow `slot`. */
  write(exchange: Exchange, slot: number): void {
    if (this.#batch.length === this.#rows) this.flush();
    this.written++;
    const row = this.#batch.append();
    const columns = this.#batch.columns;
    writeFlow(columns, row, this.#flows, slot, exchange.client);
    writeMessage(columns, row, exchange);
    writeOutcome(columns, row, exchange);
    this.#writeId(columns, row, exchange, slot);
  }

  #writeId(columns: Columns, row: number, exchange: Exchange, slot: number): void {
    const id = this.#id;
    id.begin(this.#flows.idHigh(slot), this.#flows.idLow(slot));
    id.addTime(exchange.start_us);
    id.add(exchange.client);
    id.add(exchange.req_tcp_seq);
    id.add(exchange.resp_tcp_seq);
    id.addText(exchange.protocol_request_id);
    id.finish();
    columns.request_id.values[2 * row] = id.high;
    columns.request_id.values[2 * row + 1] = id.low;
  }
}

/** Who and where. */
function writeFlow(c: Columns, row: number, flows: FlowView, slot: number, client: number): void {
  const server = 1 - client;
  const site = flows.interface(slot);
  c.flow_id.values[2 * row] = flows.idHigh(slot);
  c.flow_id.values[2 * row + 1] = flows.idLow(slot);
  c.agent.set(row, site.agent);
  c.interface.set(row, site.name);
  c.source.set(row, site.source);
  c.observation_point.set(row, flows.observationPoint(slot));
  c.transport.set(row, flows.protocol(slot));
  flows.copyAddress(slot, client, c.client_ip.values, row);
  flows.copyAddress(slot, server, c.server_ip.values, row);
  c.client_port.values[row] = flows.port(slot, client);
  c.server_port.values[row] = flows.port(slot, server);
  c.client_mac.values[row] = flows.mac(slot, client);
  c.server_mac.values[row] = flows.mac(slot, server);
  c.vlan.values[row] = flows.vlan(slot);
  if (flows.tunnelType(slot) === Tunnel.none) return;
  c.tunnel_type.set(row, tunnelNames[flows.tunnelType(slot)]);
  c.tunnel_id.values[row] = flows.tunnelId(slot);
}

/** What was asked. */
function writeMessage(c: Columns, row: number, exchange: Exchange): void {
  c.start_us.values[row] = exchange.start_us;
  c.end_us.values[row] = exchange.end_us;
  c.protocol.set(row, exchange.protocol);
  c.version.set(row, exchange.version);
  c.is_tls.values[row] = exchange.is_tls ? 1 : 0;
  c.request_type.set(row, exchange.request_type);
  c.request_domain.values[row] = exchange.request_domain;
  c.request_resource.values[row] = exchange.request_resource;
  c.endpoint.set(row, exchange.endpoint);
  c.protocol_request_id.values[row] = exchange.protocol_request_id;
  c.request_bytes.values[row] = exchange.request_bytes;
  c.is_one_way.values[row] = exchange.is_one_way ? 1 : 0;
  c.has_request.values[row] = exchange.has_request ? 1 : 0;
  c.req_tcp_seq.values[row] = exchange.req_tcp_seq;
  c.trace_id.values[row] = exchange.trace_id;
  c.span_id.values[row] = exchange.span_id;
  c.trace_sampled.values[row] = exchange.trace_sampled ? 1 : 0;
  c.x_request_id.values[row] = exchange.x_request_id;
  if (exchange.attributes !== null) c.attributes.values[row] = JSON.stringify(exchange.attributes);
}

/** What was answered. */
function writeOutcome(c: Columns, row: number, exchange: Exchange): void {
  c.response_code.set(row, exchange.response_code);
  c.response_status.set(row, exchange.response_status);
  c.response_exception.values[row] = exchange.response_exception;
  c.response_result.values[row] = exchange.response_result;
  c.response_bytes.values[row] = exchange.response_bytes;
  c.rows_affected.values[row] = exchange.rows_affected;
  c.has_response.values[row] = exchange.has_response ? 1 : 0;
  c.resp_tcp_seq.values[row] = exchange.resp_tcp_seq;
  c.x_request_id_response.values[row] = exchange.x_request_id_response;
}
