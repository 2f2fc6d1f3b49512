import { text } from '../../bytes/text.ts';
import type { View } from '../../engine/view.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange, Status } from '../../session/exchange.ts';
import { readResponseHeader, readTraceHeader } from '../../trace-context/trace-headers.ts';
import type { Head } from './head.ts';
import type { Http1Shared } from './shared.ts';

/** Writes what a request's head says into its record. */
export function describeRequest(
  exchange: Exchange,
  head: Head,
  view: View,
  shared: Http1Shared,
  options: L7Options,
): void {
  exchange.request_type = head.method;
  if (!options.details) return;
  const target = shared.targets.get(shared.texts.get(view.bytes, head.targetStart, head.targetEnd), head.method);
  exchange.version = head.version;
  exchange.request_domain = head.host || target.host;
  exchange.request_resource = target.resource;
  exchange.endpoint = target.endpoint;
  exchange.attribute('user_agent.original', head.userAgent);
  for (let i = 0; i < head.others.length; i += 2) {
    const [name, value] = [head.others[i], head.others[i + 1]];
    readTraceHeader(exchange, name, value, options);
    if (options.privacy.headers.has(name)) exchange.attribute(`http.request.header.${name}`, value);
  }
}

/** Writes what a response's head says into the record. */
export function describeResponse(exchange: Exchange, head: Head, view: View, options: L7Options): void {
  exchange.response_status = statusOf(head.status);
  if (!options.details) return;
  exchange.version ||= head.version;
  exchange.response_code = String(head.status);
  if (head.status >= 400) exchange.response_exception = text(view.bytes, head.reasonStart, head.reasonEnd, 256);
  else if (head.status >= 300 && head.location) exchange.response_result = head.location.replace(/[?#].*$/s, '');
  for (let i = 0; i < head.others.length; i += 2) {
    const [name, value] = [head.others[i], head.others[i + 1]];
    readResponseHeader(exchange, name, value, options);
    if (options.privacy.headers.has(name)) exchange.attribute(`http.response.header.${name}`, value);
  }
}

/** RFC 9110 15: 4xx is the client's fault, 5xx the server's. */
export function statusOf(code: number): Status {
  if (code >= 500) return 'server_error';
  return code >= 400 ? 'client_error' : 'ok';
}
