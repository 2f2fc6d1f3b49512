import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readResponseHeader, readTraceHeader } from '../../trace-context/trace-headers.ts';
import { describeCall, describeOutcome } from '../grpc/describe.ts';
import { statusOf } from '../http1/describe.ts';
import type { Http1Shared } from '../http1/shared.ts';
import type { MessageHead } from './message-head.ts';

/** Writes what a request's header block says into its record. */
export function describeRequest(exchange: Exchange, head: MessageHead, shared: Http1Shared, options: L7Options): void {
  exchange.version = '2';
  exchange.request_type = head.method;
  exchange.request_domain = head.authority || head.host;
  if (head.path !== '') {
    const target = shared.targets.get(head.path, head.method);
    exchange.request_resource = target.resource;
    exchange.endpoint = target.endpoint;
  }
  exchange.attribute('user_agent.original', head.userAgent);
  for (let i = 0; i < head.others.length; i += 2) {
    const [name, value] = [head.others[i], head.others[i + 1]];
    readTraceHeader(exchange, name, value, options);
    if (options.privacy.headers.has(name)) exchange.attribute(`http.request.header.${name}`, value);
  }
  describeCall(exchange, head);
}

/** Writes what the header block of a response, or its trailers, say into the record. */
export function describeResponse(exchange: Exchange, head: MessageHead, options: L7Options): void {
  exchange.version ||= '2';
  const status = Number(head.status);
  if (status >= 200 && status < 1000) {
    exchange.response_code = head.status;
    exchange.response_status = statusOf(status);
    if (status >= 300 && status < 400) exchange.response_result = head.location.replace(/[?#].*$/s, '');
  }
  for (let i = 0; i < head.others.length; i += 2) {
    const [name, value] = [head.others[i], head.others[i + 1]];
    readResponseHeader(exchange, name, value, options);
    if (options.privacy.headers.has(name)) exchange.attribute(`http.response.header.${name}`, value);
  }
  describeOutcome(exchange, head);
}
