import type { L7Options } from '../options.ts';
import type { Exchange } from '../session/exchange.ts';
import { readB3, readSw8, readTraceparent, readUberTraceId, type TraceContext } from './formats.ts';

const formats: Record<string, (value: string) => TraceContext | null> = {
  b3: readB3,
  'uber-trace-id': readUberTraceId,
  sw8: readSw8,
};

const zipkin = new Set(['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled', 'x-b3-flags']);

/** Names, in lower case, of all headers that `readTraceHeader` would look at. */
export function traceHeaderNames(options: L7Options): string[] {
  return ['traceparent', ...Object.keys(formats), ...zipkin, ...options.requestIdHeaders, ...options.traceHeaders];
}

/**
 * Takes trace context from one header of a request: HTTP headers, message properties, RPC attachments, SQL comments.
 * traceparent wins over all others, of which the first wins.
 *
 * @param name in lower case
 */
export function readTraceHeader(exchange: Exchange, name: string, value: string, options: L7Options): void {
  if (options.requestIdHeaders.includes(name)) exchange.x_request_id ||= value;
  else if (name === 'traceparent') apply(exchange, readTraceparent(value));
  else if (zipkin.has(name)) readZipkin(exchange, name, value);
  else if (exchange.trace_id === '') {
    const read = Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (read) apply(exchange, read(value));
    else if (options.traceHeaders.includes(name)) exchange.trace_id = value.slice(0, 128);
  }
}

/** Takes the request id from one header of a response. */
export function readResponseHeader(exchange: Exchange, name: string, value: string, options: L7Options): void {
  if (options.requestIdHeaders.includes(name)) exchange.x_request_id_response ||= value;
}

function apply(exchange: Exchange, context: TraceContext | null): void {
  if (context === null) return;
  exchange.trace_id = context.traceId;
  exchange.span_id = context.spanId;
  exchange.trace_sampled = context.sampled;
}

/** The four headers of the older B3 form, in any order. */
function readZipkin(exchange: Exchange, name: string, value: string): void {
  const hex = /^[0-9a-f]{16}(?:[0-9a-f]{16})?$/i.test(value) ? value.toLowerCase() : '';
  if (name === 'x-b3-traceid') exchange.trace_id ||= hex?.padStart(32, '0');
  else if (name === 'x-b3-spanid') exchange.span_id ||= hex.length === 16 ? hex : '';
  else if (name === 'x-b3-sampled') exchange.trace_sampled ||= value === '1' || value === 'true';
  else exchange.trace_sampled ||= value === '1';
}
