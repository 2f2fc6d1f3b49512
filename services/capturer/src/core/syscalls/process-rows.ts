import type { RequestColumns } from '../exchange-columns.ts';
import { writeExchange } from '../exchange-columns.ts';
import { RequestBatches, type RequestBatchesOptions, type RequestSink } from '../request-batches.ts';
import type { ProcessRequest } from './process-request.ts';
import type { SocketState } from './socket-state.ts';

/** A request whose row will be written. */
export interface RowRequest extends ProcessRequest {
  /** Name of the process. */
  readonly process: string;
  /** Id of the container that the process runs in; '' outside of any. */
  readonly container: string;
}

/** Turns what processes asked and answered into rows of `requests.raw`, batch by batch. */
export class ProcessRows {
  readonly #agent: string;
  readonly #batches: RequestBatches;

  /** @param agent `agent` of the rows */
  constructor(agent: string, sink: RequestSink, batches?: RequestBatchesOptions) {
    this.#agent = agent;
    this.#batches = new RequestBatches(sink, batches);
  }

  get written(): number {
    return this.#batches.written;
  }

  flush(): void {
    this.#batches.flush();
  }

  write(request: RowRequest, socket: SocketState): void {
    const row = this.#batches.append(request.exchange);
    const { columns } = this.#batches;
    writeExchange(columns, row, request.exchange);
    columns.agent.set(row, this.#agent);
    columns.source.set(row, 'ebpf');
    writeIds(columns, row, request, socket);
    writeProcess(columns, row, request);
    writeEnds(columns, row, request, socket);
  }
}

function writeIds(c: RequestColumns, row: number, request: RowRequest, socket: SocketState): void {
  c.request_id.values[2 * row] = request.idHigh;
  c.request_id.values[2 * row + 1] = request.idLow;
  c.flow_id.values[2 * row] = socket.flowHigh;
  c.flow_id.values[2 * row + 1] = socket.flowLow;
  const { parent } = request;
  if (parent === null) return;
  c.parent_request_id.values[2 * row] = parent.idHigh;
  c.parent_request_id.values[2 * row + 1] = parent.idLow;
  c.link.set(row, request.link);
  c.link_rule.set(row, request.linkRule);
  c.link_confidence.values[row] = request.linkConfidence;
}

function writeProcess(c: RequestColumns, row: number, request: RowRequest): void {
  c.observation_point.set(row, request.role === 'client' ? 'c-p' : 's-p');
  c.process_id.values[row] = request.pid;
  c.thread_id.values[row] = request.tid;
  c.process.set(row, request.process);
  c.container_id.set(row, request.container);
}

function writeEnds(c: RequestColumns, row: number, request: RowRequest, socket: SocketState): void {
  const asks = request.role === 'client';
  c.transport.set(row, socket.transport);
  c.client_ip.values.set(asks ? socket.localAddress : socket.remoteAddress, 4 * row);
  c.server_ip.values.set(asks ? socket.remoteAddress : socket.localAddress, 4 * row);
  c.client_port.values[row] = asks ? socket.localPort : socket.remotePort;
  c.server_port.values[row] = asks ? socket.remotePort : socket.localPort;
}
