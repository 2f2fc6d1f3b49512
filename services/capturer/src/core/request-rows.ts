import type { FlowView } from '@flowloom/flow';
import type { Exchange } from '@flowloom/l7';
import { Tunnel } from '@flowloom/packet';
import { type RequestColumns, writeExchange } from './exchange-columns.ts';
import { RequestBatches, type RequestBatchesOptions, type RequestSink } from './request-batches.ts';
import { RequestIdHash } from './request-id.ts';

const tunnelNames = Object.keys(Tunnel);

/** Turns exchanges into rows of `requests.raw`, batch by batch. */
export class RequestRows {
  readonly #flows: FlowView;
  readonly #batches: RequestBatches;
  readonly #id = new RequestIdHash();

  constructor(flows: FlowView, sink: RequestSink, batches?: RequestBatchesOptions) {
    this.#flows = flows;
    this.#batches = new RequestBatches(sink, batches);
  }

  /** Rows written so far. */
  get written(): number {
    return this.#batches.written;
  }

  /** Hands on what has been written. */
  flush(): void {
    this.#batches.flush();
  }

  /** Writes an exchange that was seen in the live flow `slot`. */
  write(exchange: Exchange, slot: number): void {
    const row = this.#batches.append(exchange);
    const { columns } = this.#batches;
    writeFlow(columns, row, this.#flows, slot, exchange.client);
    writeExchange(columns, row, exchange);
    this.#writeId(columns, row, exchange, slot);
  }

  #writeId(columns: RequestColumns, row: number, exchange: Exchange, slot: number): void {
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
function writeFlow(c: RequestColumns, row: number, flows: FlowView, slot: number, client: number): void {
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
  c.ovn_client_port.values[row] = flows.ovnPort(slot, client);
  c.ovn_server_port.values[row] = flows.ovnPort(slot, server);
}
