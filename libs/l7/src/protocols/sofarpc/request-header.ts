import { describeCall } from '../../endpoint/describe-call.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import { readHeaderMap } from './header-map.ts';

/** Writes what the header of a request says into the record: service, method, SOFATracer's or another trace context. */
export function readRequestHeader(
  exchange: Exchange,
  bytes: Uint8Array,
  start: number,
  end: number,
  options: L7Options,
): void {
  let [service, target, method] = ['', '', ''];
  readHeaderMap(bytes, start, end, (name, value) => {
    switch (name) {
      case 'sofa_head_target_service':
        target = value;
        break;
      case 'service':
        service = value;
        break;
      case 'sofa_head_method_name':
        method = value;
        break;
      case 'rpc_trace_context.sofaTraceId':
        exchange.trace_id ||= value.slice(0, 128);
        break;
      case 'rpc_trace_context.sofaRpcId':
        exchange.span_id ||= value.slice(0, 128);
        break;
      case 'rpc_trace_context.samp':
        exchange.trace_sampled ||= value === 'true';
        break;
      case 'new_rpc_trace_context':
        readSofaContext(exchange, value);
        break;
      default:
        readTraceHeader(exchange, name.toLowerCase(), value, options);
    }
  });
  describeCall(exchange, target || service, method);
}

/** `tcid=<trace>&spid=<span>&pspid=<parent>&sample=true&` (SOFATracer 3) */
function readSofaContext(exchange: Exchange, value: string): void {
  const pairs = new URLSearchParams(value);
  exchange.trace_id ||= (pairs.get('tcid') ?? '').slice(0, 128);
  exchange.span_id ||= (pairs.get('spid') ?? '').slice(0, 128);
  exchange.trace_sampled ||= pairs.get('sample') === 'true';
}
