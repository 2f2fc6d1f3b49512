import type { Exchange } from '../session/exchange.ts';

/** Says which method of which service a remote procedure call asks for; either may be ''. */
export function describeCall(exchange: Exchange, service: string, method: string): void {
  exchange.request_type = method;
  const name = service === '' || method === '' ? service || method : `${service}/${method}`;
  exchange.request_resource = exchange.endpoint = name;
}
