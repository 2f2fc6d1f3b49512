import type { Exchange } from '@flowloom/l7';
import type { ColumnsOf, rawRequest } from '@flowloom/records';

export type RequestColumns = ColumnsOf<typeof rawRequest.fields>;

/** What was asked and answered. */
export function writeExchange(columns: RequestColumns, row: number, exchange: Exchange): void {
  writeQuestion(columns, row, exchange);
  writeAnswer(columns, row, exchange);
}

function writeQuestion(c: RequestColumns, row: number, exchange: Exchange): void {
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

function writeAnswer(c: RequestColumns, row: number, exchange: Exchange): void {
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
